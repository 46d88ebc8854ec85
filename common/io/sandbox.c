#include <stddef.h>

#include "sandbox.h"

/*
 * Not under the address sanitizer: its leak check at exit reads /proc and
 * traces its own process.
 */
#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_OFF 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_OFF 1
#endif
#endif

#if !defined(SANDBOX_OFF) && defined(__linux__) &&                             \
	(defined(__x86_64__) || defined(__aarch64__))

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock, by number: the C library of older systems does not know it. */
enum {
	LANDLOCK_CREATE = 444,
	LANDLOCK_ADD = 445,
	LANDLOCK_RESTRICT = 446,
	LANDLOCK_VERSION = 1,
	LANDLOCK_PATH_BENEATH = 1
};

struct landlock_ruleset {
	uint64_t fs;
};

struct landlock_path {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

/*
 * The rights of each version, execute up to: make_sym in 1, refer in 2,
 * truncate in 3, ioctl_dev in 5. A kernel refuses bits that it does not know.
 */
static uint64_t
all_rights(long version)
{
	if (version >= 5)
		return (1u << 16) - 1;
	if (version >= 3)
		return (1u << 15) - 1;
	return version == 2 ? (1u << 14) - 1 : (1u << 13) - 1;
}

/* What an atomic output file needs: to write, read, list, remove, make. */
static const uint64_t output_rights =
	(1u << 1) | (1u << 2) | (1u << 3) | (1u << 5) | (1u << 8);

/* Let the rules allow writing below the folder. 0 or -1. */
static int
allow(long fd, const char *dir)
{
	struct landlock_path path = {output_rights, -1};
	int rc = -1;

	path.parent = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (path.parent < 0)
		return -1;
	if (syscall(LANDLOCK_ADD, fd, LANDLOCK_PATH_BENEATH, &path, 0) == 0)
		rc = 0;
	close(path.parent);
	return rc;
}

static void
lock_files(const char *const *dirs, size_t n)
{
	long version = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION), fd;
	struct landlock_ruleset set;

	if (version < 1)
		return;
	set.fs = all_rights(version);
	fd = syscall(LANDLOCK_CREATE, &set, sizeof(set), 0);
	if (fd < 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (allow(fd, dirs[i]) == -1)
			goto out;
	(void)syscall(LANDLOCK_RESTRICT, fd, 0);

out:
	close((int)fd);
}

#ifdef __x86_64__
#define SANDBOX_ARCH AUDIT_ARCH_X86_64
#else
#define SANDBOX_ARCH AUDIT_ARCH_AARCH64
#endif

/* By number too, and the same on every architecture. */
enum { IO_URING_SETUP = 425, PIDFD_GETFD = 438 };
/* Set in the numbers of x86-64's second set of calls (x32). */
enum { X32_BIT = 0x40000000 };

#define EPERM_STMT                                                             \
	BPF_STMT(BPF_RET | BPF_K,                                              \
		SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA))
#define REFUSE(nr) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1), EPERM_STMT

/*
 * No network, no other programs, no looking into other processes. Calls in
 * another numbering (32-bit, x32) are refused as a whole, and so is io_uring:
 * they would be ways around the list.
 */
static void
lock_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCH, 1, 0),
		EPERM_STMT,
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
		EPERM_STMT,
		REFUSE(SYS_socket),
		REFUSE(SYS_socketpair),
		REFUSE(SYS_connect),
		REFUSE(SYS_bind),
		REFUSE(SYS_execve),
		REFUSE(SYS_execveat),
		REFUSE(SYS_process_vm_readv),
		REFUSE(SYS_process_vm_writev),
		REFUSE(SYS_ptrace),
		REFUSE(IO_URING_SETUP),
		REFUSE(PIDFD_GETFD),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof(filter) / sizeof(filter[0]), filter};

	(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

void
sandbox_parse_only_in(const char *const *dirs, size_t n)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return;
	lock_files(dirs, n);
	lock_calls();
}

#else

void
sandbox_parse_only_in(const char *const *dirs, size_t n)
{
	(void)dirs;
	(void)n;
}

#endif

void
sandbox_parse_only(const char *write_dir)
{
	sandbox_parse_only_in(&write_dir, write_dir != NULL);
}
