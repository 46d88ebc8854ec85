#include <stddef.h>

#include "sandbox.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

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

/* The rights of version 1: 13 bits, execute up to make_sym. */
static const uint64_t all_rights = (1u << 13) - 1;
/* Of these, what an atomic output file needs. */
static const uint64_t output_rights =
	(1u << 1) | (1u << 2) | (1u << 3) | (1u << 5) | (1u << 8);

static void
lock_files(const char *write_dir)
{
	struct landlock_ruleset set = {all_rights};
	long fd;

	if (syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION) < 1)
		return;
	fd = syscall(LANDLOCK_CREATE, &set, sizeof(set), 0);
	if (fd < 0)
		return;
	if (write_dir) {
		struct landlock_path path = {output_rights, -1};

		path.parent = open(write_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (path.parent < 0 ||
			syscall(LANDLOCK_ADD, fd, LANDLOCK_PATH_BENEATH, &path,
				0) < 0) {
			close((int)fd);
			return;
		}
		close(path.parent);
	}
	(void)syscall(LANDLOCK_RESTRICT, fd, 0);
	close((int)fd);
}

#ifdef __x86_64__
#define SANDBOX_ARCH AUDIT_ARCH_X86_64
#else
#define SANDBOX_ARCH AUDIT_ARCH_AARCH64
#endif

#define REFUSE(nr)                                                             \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (nr), 0, 1),                       \
		BPF_STMT(BPF_RET | BPF_K,                                      \
			SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA))

/* No network, no other programs, no looking into other processes. */
static void
lock_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SANDBOX_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		REFUSE(SYS_socket),
		REFUSE(SYS_socketpair),
		REFUSE(SYS_connect),
		REFUSE(SYS_bind),
		REFUSE(SYS_execve),
		REFUSE(SYS_execveat),
		REFUSE(SYS_process_vm_readv),
		REFUSE(SYS_process_vm_writev),
#if !defined(__SANITIZE_ADDRESS__)
		REFUSE(SYS_ptrace),
#endif
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {sizeof(filter) / sizeof(filter[0]), filter};

	(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

void
sandbox_parse_only(const char *write_dir)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return;
	lock_files(write_dir);
	lock_calls();
}

#else

void
sandbox_parse_only(const char *write_dir)
{
	(void)write_dir;
}

#endif
