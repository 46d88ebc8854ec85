#ifndef ROOTHINTS_H
#define ROOTHINTS_H

/* roothints_text(): the servers of the Internet's root, as a zone file (IANA,
 * named.root); static. */
const char *roothints_text(void);

#endif
