# Tests. A unit test is named after what it tests: tests/unit/<layer>_*.c links
# that layer and those beneath it, tests/unit/<tool>_*.c the tool's objects but
# its main.o.

UNIT_SRC := $(wildcard tests/unit/*.c)
UNITS := $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))

unit-layers = $(foreach l,$(LAYERS),$(filter tests/unit/$(l)_%.c,$(UNIT_SRC)))

define unit_layer_rules
UNITS_$(1) := $$(patsubst tests/unit/%.c,$(B)/unit/%,$$(filter tests/unit/$(1)_%.c,$$(UNIT_SRC)))
$$(UNITS_$(1)): $(B)/unit/%: tests/unit/%.c $(call archs,$(call closure,$(1)))
	@mkdir -p $$(@D)
	$$(Q)$(CC) -iquote tests/unit $(call incs,$(1)) $$(ALLCFLAGS) $$(ALLLDFLAGS) -MMD -MP -MF $$@.d -o $$@ $$< $(call archs,$(call closure,$(1))) -Wl,--as-needed $$(call pkglibs,$(call pkgs,$(call closure,$(1)))) -lm
-include $$(UNITS_$(1):=.d)
endef
define unit_tool_rules
UNITS_$(1) := $$(patsubst tests/unit/%.c,$(B)/unit/%,$$(filter tests/unit/$(1)_%.c,$$(UNIT_SRC)))
$$(UNITS_$(1)): $(B)/unit/%: tests/unit/%.c $$(filter-out %/main.o,$$(OBJ_$(1))) $(call archs,$(USES_$(1)))
	@mkdir -p $$(@D)
	$$(Q)$(CC) -iquote tests/unit -iquote tools/$(1) $(call useincs,$(USES_$(1))) $$(ALLCFLAGS) $$(ALLLDFLAGS) -MMD -MP -MF $$@.d -o $$@ $$< $$(filter-out %/main.o,$$(OBJ_$(1))) $(call archs,$(USES_$(1))) -Wl,--as-needed $$(LIBS_$(1)) -lm
-include $$(UNITS_$(1):=.d)
endef
$(foreach l,$(LAYERS),$(eval $(call unit_layer_rules,$(l))))
$(foreach t,$(TOOLS),$(eval $(call unit_tool_rules,$(t))))

units: $(UNITS)
.PHONY: units

# The double of an S3 provider: base, OpenSSL and nothing else, so that it
# judges by code of its own.
LAB_SRC := $(wildcard tests/lab/s3double/*.c)
LAB_OBJ := $(LAB_SRC:%.c=$(B)/%.o)
$(LAB_OBJ): $(B)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CC) -iquote tests/lab/s3double -iquote $(DIR_base) -D_GNU_SOURCE -pthread $(ALLCFLAGS) -MMD -MP -c -o $@ $<
-include $(LAB_OBJ:.o=.d)
$(B)/lab/s3double: $(LAB_OBJ) $(B)/libbase.a
	@mkdir -p $(@D)
	@echo "  $@"
	$(Q)$(CC) $(ALLLDFLAGS) -pthread -o $@ $^ -Wl,--as-needed $(call pkglibs,openssl) -lm

labs: $(B)/lab/s3double
.PHONY: labs

CLI := $(wildcard tests/cli/*.t)
LIVE := $(wildcard tests/live/*.t)
FAULT := $(wildcard tests/fault/*.t)
RUNBOOK := $(wildcard tests/runbook/*.t)
# the package itself is tried by deb-check
PACK := $(filter-out %/deb.t,$(wildcard tests/pack/*.t))
SANITIZERS = address,undefined

# Packages first, in a run of make of its own: the second one then asks
# pkg-config, which the first may just have installed.
deps:
	@sh mk/deps.sh

check: deps
	@$(MAKE) --no-print-directory check-built

# The slow ones first, so that no core idles at the end.
check-built: all units labs
	@AIRLIFT_BIN=$(CURDIR)/$(BIN) tests/run -j $(JOBS) \
		$(RUNBOOK) $(FAULT) $(LIVE) $(PACK) $(CLI) $(UNITS)

check-unit: units
	@tests/run -j $(JOBS) $(UNITS)

check-cli: all labs
	@AIRLIFT_BIN=$(CURDIR)/$(BIN) tests/run -j $(JOBS) $(CLI)

check-sanitize:
	@$(MAKE) --no-print-directory SANITIZE=$(SANITIZERS) check-sanitize-built

check-sanitize-built: all units labs
	@AIRLIFT_BIN=$(CURDIR)/$(BIN) AIRLIFT_SANITIZED=1 \
		ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99 \
		tests/run -j $(JOBS) $(CLI) $(UNITS)

lint: deps
	@tests/lint

# Fuzzing: tests/fuzz/<layer-or-tool>_<what>.c, named as unit tests are. Each
# runs FUZZTIME seconds from its seed corpus in tests/data/fuzz/<name>.
FUZZTIME ?= 60
FUZZ_SRC := $(wildcard tests/fuzz/*.c)
FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(FUZZ_SRC))

define fuzz_layer_rules
FUZZ_$(1) := $$(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$$(filter tests/fuzz/$(1)_%.c,$$(FUZZ_SRC)))
$$(FUZZ_$(1)): $(B)/fuzz/%: tests/fuzz/%.c $(call archs,$(call closure,$(1)))
	@mkdir -p $$(@D)
	$$(Q)$(CC) $(call incs,$(1)) $$(ALLCFLAGS) $$(ALLLDFLAGS) -Wno-missing-prototypes -fsanitize=fuzzer -o $$@ $$< $(call archs,$(call closure,$(1))) -Wl,--as-needed $$(call pkglibs,$(call pkgs,$(call closure,$(1)))) -lm
endef
define fuzz_tool_rules
FUZZ_$(1) := $$(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$$(filter tests/fuzz/$(1)_%.c,$$(FUZZ_SRC)))
$$(FUZZ_$(1)): $(B)/fuzz/%: tests/fuzz/%.c $$(filter-out %/main.o,$$(OBJ_$(1))) $(call archs,$(USES_$(1)))
	@mkdir -p $$(@D)
	$$(Q)$(CC) -iquote tools/$(1) $(call useincs,$(USES_$(1))) $$(ALLCFLAGS) $$(ALLLDFLAGS) -Wno-missing-prototypes -fsanitize=fuzzer -o $$@ $$< $$(filter-out %/main.o,$$(OBJ_$(1))) $(call archs,$(USES_$(1))) -Wl,--as-needed $$(LIBS_$(1)) -lm
endef
$(foreach l,$(LAYERS),$(eval $(call fuzz_layer_rules,$(l))))
$(foreach t,$(TOOLS),$(eval $(call fuzz_tool_rules,$(t))))

fuzz: deps
	@$(MAKE) --no-print-directory CC=clang \
		SANITIZE=fuzzer-no-link,address,undefined fuzz-built

fuzz-built: $(FUZZERS)
	@FUZZTIME=$(FUZZTIME) JOBS=$(JOBS) tests/fuzz/run $(FUZZERS)

# Programs that a benchmark runs: tests/bench/<tool>_*.c, built as the unit
# tests of that tool are.
BENCH_SRC := $(wildcard tests/bench/*.c)
BENCHES := $(patsubst tests/bench/%.c,$(B)/bench/%,$(BENCH_SRC))

define bench_tool_rules
BENCHES_$(1) := $$(patsubst tests/bench/%.c,$(B)/bench/%,$$(filter tests/bench/$(1)_%.c,$$(BENCH_SRC)))
$$(BENCHES_$(1)): $(B)/bench/%: tests/bench/%.c $$(filter-out %/main.o,$$(OBJ_$(1))) $(call archs,$(USES_$(1)))
	@mkdir -p $$(@D)
	$$(Q)$(CC) -iquote tools/$(1) $(call useincs,$(USES_$(1))) $$(ALLCFLAGS) $$(ALLLDFLAGS) -MMD -MP -MF $$@.d -o $$@ $$< $$(filter-out %/main.o,$$(OBJ_$(1))) $(call archs,$(USES_$(1))) -Wl,--as-needed $$(LIBS_$(1)) -lm
-include $$(BENCHES_$(1):=.d)
endef
$(foreach t,$(TOOLS),$(eval $(call bench_tool_rules,$(t))))

bench: deps all labs $(BENCHES)
	@for b in $(filter-out %.sh %.sql %.c,$(wildcard tests/bench/*)); do AIRLIFT_BIN=$(CURDIR)/$(BIN) $$b || exit 1; done

# Long runs of the fault tests, and of a cutover under attack: many more kills and rounds than in check.
soak: deps all labs
	@AIRLIFT_BIN=$(CURDIR)/$(BIN) SOAK=1 tests/run -j 1 -t 7200 $(FAULT) tests/runbook/chaos.t tests/runbook/chaos-servers.t

.PHONY: deps check check-built check-unit check-cli check-sanitize \
	check-sanitize-built lint fuzz fuzz-built bench soak
