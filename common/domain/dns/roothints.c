#include "roothints.h"

#define SERVER(l, v4, v6)                                                      \
	". 3600000 NS " l ".root-servers.net.\n" l                             \
	".root-servers.net. 3600000 A " v4 "\n" l                              \
	".root-servers.net. 3600000 AAAA " v6 "\n"

const char *
roothints_text(void)
{
	return SERVER("a", "198.41.0.4", "2001:503:ba3e::2:30") SERVER(
		"b", "170.247.170.2", "2801:1b8:10::b") SERVER("c",
		"192.33.4.12", "2001:500:2::c") SERVER("d", "199.7.91.13",
		"2001:500:2d::d") SERVER("e", "192.203.230.10",
		"2001:500:a8::e") SERVER("f", "192.5.5.241", "2001:500:2f::f")
		SERVER("g", "192.112.36.4", "2001:500:12::d0d") SERVER(
			"h", "198.97.190.53", "2001:500:1::53") SERVER("i",
			"192.36.148.17", "2001:7fe::53") SERVER("j",
			"192.58.128.30", "2001:503:c27::2:30")
			SERVER("k", "193.0.14.129", "2001:7fd::1") SERVER(
				"l", "199.7.83.42", "2001:500:9f::42")
				SERVER("m", "202.12.27.33", "2001:dc3::35");
}
