# How objects, libraries and programs are built from the two tables.

CC = gcc
CFLAGS ?= -O2 -g
comma := ,
# One build folder a compiler and sanitizer: build/gcc, build/clang-address...
COMPILER := $(notdir $(firstword $(CC)))
B = build/$(COMPILER)$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
BIN = $(B)/bin

CPPBASE = -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE \
	-DAIRLIFT_VERSION='"$(VERSION)"' -include common/base/banned.h
WARN = -std=c11 -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wwrite-strings -Wvla -Wformat=2 -Wundef -Wcast-qual \
	-fvisibility=hidden
HARDEN = -fPIE -fstack-protector-strong -fstack-clash-protection \
	-fno-strict-aliasing
ifeq ($(shell uname -m),x86_64)
HARDEN += -fcf-protection
endif
LDHARDEN = -pie -Wl,-z,relro,-z,now,-z,noexecstack
ifdef SANITIZE
SANFLAGS = -fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
	-fno-sanitize-recover=all
else
HARDEN += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
ALLCFLAGS = $(CPPBASE) $(WARN) $(HARDEN) $(SANFLAGS) $(CFLAGS)
ALLLDFLAGS = $(LDHARDEN) $(SANFLAGS) $(LDFLAGS)

pkgcflags = $(if $(strip $(1)),$(shell pkg-config --cflags $(1)))
pkglibs = $(if $(strip $(1)),$(shell pkg-config --libs $(1)))

closure = $(1) $(DEPS_$(1))
incs = $(foreach l,$(call closure,$(1)),-iquote $(DIR_$(l)))
useincs = $(foreach l,$(1),-iquote $(DIR_$(l)))
archs = $(foreach l,$(1),$(B)/lib$(l).a)
pkgs = $(foreach l,$(1),$(PKG_$(l)))

all: $(addprefix $(BIN)/,$(TOOLS))

define layer_rules
SRC_$(1) := $$(wildcard $(DIR_$(1))/*.c)
OBJ_$(1) := $$(patsubst %.c,$(B)/%.o,$$(SRC_$(1)))
# asked once, and only when something of the layer is compiled
PKGCF_$(1) = $$(eval PKGCF_$(1) := $$(call pkgcflags,$(PKG_$(1))))$$(PKGCF_$(1))
$(B)/lib$(1).a: $$(OBJ_$(1)) $$(EXTRA_$(1))
	@rm -f $$@
	@mkdir -p $$(@D)
	$$(Q)$(AR) rcs $$@ $$^
$$(OBJ_$(1)): $(B)/%.o: %.c
	@mkdir -p $$(@D)
	$$(Q)$(CC) $$(call incs,$(1)) $$(PKGCF_$(1)) $$(ALLCFLAGS) -MMD -MP -c -o $$@ $$<
-include $$(OBJ_$(1):.o=.d)
endef

# A tool's objects but for main.o are a library too, so that unit tests
# link a verb without its main.
define tool_rules
SRC_$(1) := $$(wildcard tools/$(1)/*.c)
OBJ_$(1) := $$(patsubst %.c,$(B)/%.o,$$(SRC_$(1))) $$(patsubst tools/%.sql,$(B)/gen/%_sql.o,$$(wildcard tools/$(1)/*.sql))
LIBS_$(1) = $$(eval LIBS_$(1) := $$(call pkglibs,$(call pkgs,$(USES_$(1)))))$$(LIBS_$(1))
$(BIN)/$(1): $$(OBJ_$(1)) $(call archs,$(USES_$(1)))
	@mkdir -p $$(@D)
	$$(Q)$(CC) $$(ALLLDFLAGS) -o $$@ $$^ -Wl,--as-needed $$(LIBS_$(1)) -lm
$$(filter-out $(B)/gen/%,$$(OBJ_$(1))): $(B)/%.o: %.c
	@mkdir -p $$(@D)
	$$(Q)$(CC) -iquote tools/$(1) $$(call useincs,$(USES_$(1))) $$(ALLCFLAGS) -MMD -MP -c -o $$@ $$<
-include $$(OBJ_$(1):.o=.d)
endef

# share/map is data that every program carries inside: a program that has
# given up the file system still finds it.
SHAREDATA := $(wildcard share/map/*.json)
EXTRA_io = $(B)/gen/sharedata.o
$(B)/gen/sharedata.c: $(SHAREDATA) mk/sharedata.sh
	@mkdir -p $(@D)
	$(Q)sh mk/sharedata.sh $(SHAREDATA) > $@.tmp && mv $@.tmp $@
$(B)/gen/sharedata.o: $(B)/gen/sharedata.c
	$(Q)$(CC) -iquote common/io -iquote common/base $(ALLCFLAGS) -c -o $@ $<

# A long query is a file of its own: tools/TOOL/NAME.sql is the string NAME_sql.
$(B)/gen/%_sql.c: tools/%.sql mk/sqltext.sh
	@mkdir -p $(@D)
	$(Q)sh mk/sqltext.sh $< > $@.tmp && mv $@.tmp $@
$(B)/gen/%_sql.o: $(B)/gen/%_sql.c
	$(Q)$(CC) $(ALLCFLAGS) -c -o $@ $<
.PRECIOUS: $(B)/gen/%_sql.c

Q = $(if $(V),,@)
$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l))))
$(foreach t,$(TOOLS),$(eval $(call tool_rules,$(t))))

clean:
	rm -rf build

.PHONY: all clean
.DEFAULT_GOAL = all
