/* Machines and volumes. */
#include "ruletable.h"

const struct rule rules_machine[] = {
	{"vm-size", "error", NULL, "there is no such size",
		"shared-cpu-1x 2x 4x 6x 8x, performance-1x 2x 4x 6x 8x 10x 12x "
		"14x 16x. flyctl validate does not see it; the deploy fails."},
	{"vm-gpu", "error", NULL, "GPUs are no longer offered",
		"a10, l40s, a100-40gb and a100-80gb, gpus and gpu_kind still "
		"load, and no such Machine can be started since 2026."},
	{"vm-memory", "error", NULL, "no such amount of memory",
		"A multiple of 256 MB between the bounds of the size: 256 MB "
		"to 2 GB a shared CPU, 2 GB to 8 GB a performance CPU."},
	{"vm-memory-twice", "warning", "--fix removes memory",
		"memory and memory_mb", "memory_mb counts."},
	{"vm-cpus", "error", NULL, "no such number of CPUs",
		"1, 2, 4, 6, 8 shared, or up to 16 performance CPUs."},
	{"vm-cpu-kind", "error", NULL, "cpu_kind is shared or performance",
		"No other kind is known."},
	{"vm-persist-rootfs", "error", NULL,
		"persist_rootfs is never, restart or always",
		"Any other value makes the file fail to load. It is "
		"deprecated; data belongs on a volume."},
	{"section-twice", "warning", NULL, "two sections for one group",
		"Of two [[vm]], [[restart]] or [[metrics]] for a process group "
		"one is not used, and flyctl does not say so."},
	{"restart-policy", "error", "--fix writes no as never",
		"policy is always, never or on-failure",
		"A [[restart]] must have one. (\"no\" is the name in the "
		"API.)"},
	{"suspend-memory", "error", NULL, "suspend works up to 2 GB",
		"A larger Machine is stopped instead, which takes the time "
		"that suspend was meant to save."},
	{"mount-source", "error", NULL, "a mount without source",
		"The name of the volume."},
	{"mount-destination", "error", NULL,
		"a mount without a usable destination",
		"An absolute path, and not / itself."},
	{"mount-size", "error", NULL, "a volume's size is out of range",
		"1 to 500 GB: \"10gb\" or 10. The two auto_extend sizes must "
		"be strings."},
	{"mount-snapshots", "error", NULL, "snapshot_retention is 1 to 60 days",
		"The default is 5."},
	{"mount-auto-extend", "error", NULL, "auto_extend is incomplete",
		"threshold 50 to 99, increment 1 to 100 GB, limit up to 500 GB "
		"or none."},
	{"mounts-per-group", "error", NULL,
		"a process group with several mounts",
		"A Machine has one volume. flyctl validate does not see it; "
		"the deploy uses the first, or fails."},
	{NULL, NULL, NULL, NULL, NULL},
};
