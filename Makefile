# Airlift. One Makefile, not recursive. `make help` says what it can do.
#
# Two tables hold the architecture; everything else is derived from them.
# An object is compiled with -iquote for its own folder and the layers
# beneath it, and with the packages of its own layer only, so a wrong
# include is "No such file" and not a matter of review.

VERSION = 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= 2

# --- table 1: layer -> the layers its files may include ------------------
LAYERS = base io digest pg kv dns s3 tarball bundle toml yaml flyconf source
DIR_base = common/base
DIR_io = common/io
DIR_digest = common/domain/digest
DIR_pg = common/domain/pg
DIR_kv = common/domain/kv
DIR_dns = common/domain/dns
DIR_s3 = common/domain/s3
DIR_tarball = common/domain/tarball
DIR_bundle = common/domain/bundle
DIR_toml = common/domain/toml
DIR_yaml = common/domain/yaml
DIR_flyconf = common/domain/flyconf
DIR_source = common/domain/source
DEPS_base =
DEPS_io = base
DEPS_digest = base
DEPS_pg = io base
DEPS_kv = io base
DEPS_dns = io base
DEPS_s3 = io base
DEPS_tarball = io base
DEPS_bundle = tarball digest io base
DEPS_toml = io base
DEPS_yaml = io base
DEPS_flyconf = io base
DEPS_source = io base
# the third-party packages a layer alone may include
PKG_io = libcjson libcurl openssl
PKG_digest = libxxhash
PKG_pg = libpq openssl
PKG_kv = hiredis
PKG_dns = ldns libcrypto
PKG_s3 = expat openssl
PKG_tarball = libarchive
PKG_yaml = libfyaml

# --- table 2: tool -> the layers it links, topmost first -----------------
TOOLS = procfile2toml renderyaml2toml railway2toml vercel2report flylint herokucfg2secrets pgcopy rediscopy tigris-sync dnscut cutreport
USES_procfile2toml = flyconf source yaml io base
USES_renderyaml2toml = yaml flyconf source io base
USES_railway2toml = flyconf source toml io base
USES_vercel2report = flyconf source io base
USES_herokucfg2secrets = io base
USES_pgcopy = pg bundle tarball digest io base
USES_flylint = toml flyconf source io base
USES_rediscopy = kv bundle tarball digest io base
USES_cutreport = io base
USES_tigris-sync = s3 tarball io base
USES_dnscut = dns io base

include mk/build.mk
include mk/tests.mk
include mk/install.mk
include mk/dist.mk
-include mk/rehearse.mk

help:
	@sed -n 's/^## //p' Makefile

## make              build every program into build/gcc/bin
## make rehearse     a whole cutover and the way back against real local servers (SOURCE=render, KEEP=1)
## make check        every test, on real servers that the tests start themselves
## make deps         install what is missing (apt; elsewhere prints the list)
## make install      programs, man pages, data, runbooks, completions (PREFIX, DESTDIR)
## make uninstall    remove them again
## make dist         build/airlift-VERSION.tar.xz, the same bytes from the same sources
## make deb          a Debian package of that in build/deb; deb-check installs it in a clean system
## make lint         clang-format, shellcheck, shfmt, mandoc, cppcheck, size budgets
## make check-unit, check-cli, check-sanitize   parts of the above
## make fuzz         each parser under libFuzzer for FUZZTIME seconds (60)
## make bench        side by side with the tools one would use otherwise, as ratios
## make soak         the fault tests with many more rounds
## make clean        remove build/
##
## CC=clang builds in build/clang; SANITIZE=address,undefined in a folder of its own;
## JOBS=N tests run side by side (2); V=1 shows the commands.

.PHONY: help
