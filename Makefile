# nfc-survey: `make` builds build/nfc-survey, `make demo` and `make check` do all the set-up by themselves, `make help` lists the rest.
SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:

B ?= build
PREFIX ?= /usr/local
DESTDIR ?=
ifeq ($(origin CC),default)
CC := gcc
endif
CFLAGS ?= $(if $(SANITIZE),-O1,-O2) -g
PKG_CONFIG ?= pkg-config
VERSION := 0.5.0

STRICT := -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
          -Wvla -Wformat=2 -Wno-format-nonliteral -Wno-missing-field-initializers -ffp-contract=off

# What makes a fault in the program hard to use: each where compiler and linker take it (clang 14 refuses to zero, ARM has no CET).
# tests/cli/hardening.bats looks at what came out.
takes = $(shell $(CC) -Werror $(1) -x c $(2) /dev/null >/dev/null 2>&1 && echo '$(1)')
HARDEN := -fPIE -fstack-protector-strong $(foreach flag,-fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero,$(call takes,$(flag),-fsyntax-only))
ifeq ($(SANITIZE),)
HARDEN += -U_FORTIFY_SOURCE $(or $(call takes,-D_FORTIFY_SOURCE=3,-O2 -U_FORTIFY_SOURCE -fsyntax-only -include features.h),-D_FORTIFY_SOURCE=2)
endif
HARDEN_LINK := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
STRICT += $(HARDEN)
ifneq ($(WERROR),)
STRICT += -Werror
endif
ifneq ($(SANITIZE),)
# At -O1 gcc knows less of what fits.
STRICT += -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined -Wno-format-truncation
LDFLAGS += -fsanitize=address,undefined
endif
PACKAGES := yaml-0.1 libpcsclite libnfc libusb-1.0 libcrypto xlsxwriter ncursesw libmicrohttpd sqlite3 libseccomp
CPPFLAGS += -I. -I$(B) $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
ALL_CFLAGS = $(STRICT) $(CFLAGS) $(CPPFLAGS) -MMD -MP
LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null) -lRmath -lunistring -lm

ifneq ($(V),1)
Q := @
SAY = @echo "  $(1)	$(2)";
endif

# A room is a folder with an archive of its own: scripts/rooms lists them. The linker takes from the archives what is used;
# that rooms use only what they may, `make lint` sees. The testbed and main.c are programs of their own.
comma := ,
ROOMS := $(filter-out %.c %.h drivers/emulator/testbed,$(shell sed -n 's/^\([^\# ][^ ]*\).*/\1/p' scripts/rooms))
objects = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)/*.c))
archive = $(B)/lib$(subst /,-,$(1)).a
ARCHIVES := $(foreach r,$(ROOMS),$(call archive,$(r)))
LINK = $(CC) $(CFLAGS) $(HARDEN_LINK) $(LDFLAGS) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LIBS)

PROGRAM := $(B)/nfc-survey
TESTBED := $(B)/libexec/nfc-survey-testbed
UNIT_TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*/test_*.c))
CONTRACTS := $(wildcard tests/contract/driver_*.c)
CONTRACT_TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/contract/test_*.c) $(CONTRACTS))
BATS_TESTS := $(wildcard tests/testbed/*.bats tests/chaos/*.bats tests/calibration/*.bats tests/golden/*.bats tests/cli/*.bats)
# The longest begin first, so that none is left alone at the end; those that wait for devices alternate with those that compute.
LONGEST := tests/testbed/contract.bats scripts/lint tests/testbed/containment.bats tests/cli/pdf.bats \
           tests/testbed/survey.bats tests/golden/golden.bats tests/testbed/same.bats tests/cli/page.bats tests/cli/run.bats \
           tests/cli/walk-through.bats tests/testbed/person.bats tests/golden/hostile.bats tests/cli/examples.bats tests/cli/doubts.bats \
           tests/testbed/explain.bats tests/calibration/calibration.bats tests/testbed/nfc.bats tests/cli/words.bats \
           tests/testbed/driver.bats tests/cli/sample-size.bats tests/testbed/premises.bats tests/cli/report.bats \
           tests/golden/numbers.bats tests/cli/person.bats tests/cli/matrix.bats tests/cli/schema.bats tests/testbed/ccid.bats tests/chaos/chaos.bats

.PHONY: all
all: $(PROGRAM) testbed

# Translations: English is in reports/words/words.def and harness/domain/said.def, the rest in reports/words/locale/<language>.po.
CATALOGUES := $(patsubst reports/words/locale/%.po,$(B)/locale/%/LC_MESSAGES/nfc-survey.mo,$(wildcard reports/words/locale/*.po))
$(B)/locale/%/LC_MESSAGES/nfc-survey.mo: reports/words/locale/%.po
	@mkdir -p $(@D)
	$(call SAY,MSGFMT,$<)msgfmt --check-format -o $@ $<
$(B)/tests/unit/%.o: CPPFLAGS += -DTEST_LOCALE='"$(abspath $(B)/locale)"'

# New strings go into every catalogue, untranslated; tests/cli/language.bats fails until somebody translates them.
.PHONY: po
po: POT = sed -E -e '\@^/\*.*\*/$$@d' -e '\@^/\*@,\@\*/$$@d' -e 's@^(S|C|X|CAUSE_ROW|STATUS_WORD)\(([A-Z0-9_]+),@/* \2 */ &@' reports/words/words.def harness/domain/said.def harness/domain/cause.def harness/domain/status_word.def | \
	xgettext --from-code=UTF-8 --language=C --keyword=S:2 --keyword=C:2c,3 --keyword=X:4 --keyword=CAUSE_ROW:4 --keyword=STATUS_WORD:3 --add-comments --no-location --no-wrap -o - - | sed '/^., c-format$$/d'
po:
	$(Q)pot=$$(mktemp) && $(POT) >$$pot && \
	for po in reports/words/locale/*.po; do msgmerge --quiet --no-fuzzy-matching --no-wrap --update --backup=none $$po $$pot && \
		msgattrib --no-obsolete --no-wrap -o $$po $$po && \
		sed -i '/^"POT-Creation-Date:/d' $$po || exit 1; done; rm -f $$pot

define room_rules
$(call archive,$(1)): $(call objects,$(1))
	$$(call SAY,AR,$$@)rm -f $$@; ar rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rules,$(r))))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call SAY,CC,$<)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/harness/commands/%.o $(B)/harness/station/%.o: CPPFLAGS += -DNFC_SURVEY_VERSION='"$(VERSION)"' -DNFC_SURVEY_DATADIR='"$(PREFIX)/share/nfc-survey"' -DNFC_SURVEY_LIBEXECDIR='"$(PREFIX)/libexec"' \
  -DNFC_SURVEY_LOCALEDIR='"$(PREFIX)/share/locale"'

$(B)/harness/faces/page.o: $(wildcard harness/faces/page/*)

$(PROGRAM): $(B)/harness/main.o $(ARCHIVES) | $(CATALOGUES)
	$(call SAY,LD,$@)$(LINK)

# The testbed serves emulated USB readers through umockdev; the survey program itself never links it.
HAVE_UMOCKDEV := $(shell $(PKG_CONFIG) --exists umockdev-1.0 2>/dev/null && echo yes)
TESTBED_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard drivers/emulator/testbed/*.c))
$(TESTBED_OBJECTS): CPPFLAGS += $(shell $(PKG_CONFIG) --cflags umockdev-1.0 2>/dev/null)
$(TESTBED): $(TESTBED_OBJECTS) $(ARCHIVES)
	@mkdir -p $(@D)
	$(call SAY,LD,$@)$(LINK) $$($(PKG_CONFIG) --libs umockdev-1.0) -lpthread

.PHONY: testbed
ifeq ($(HAVE_UMOCKDEV),yes)
testbed: $(TESTBED)
else
testbed:
	@echo "  umockdev is not installed: the testbed is left out (scripts/deps names the package)"
endif

DRIVER_CONTRACTS := $(patsubst tests/contract/driver_%.c,"%"$(comma),$(CONTRACTS))
$(B)/drivers/registry.o: CPPFLAGS += -DDRIVER_CONTRACTS='$(DRIVER_CONTRACTS)'
$(B)/drivers/registry.o: $(B)/driver-contracts
$(B)/driver-contracts: FORCE
	@mkdir -p $(@D)
	@echo '$(DRIVER_CONTRACTS)' | cmp -s - $@ || echo '$(DRIVER_CONTRACTS)' >$@
.PHONY: FORCE
FORCE:

# The suite sends what the guard lets nobody send: see open_guard.c.
$(patsubst %.c,$(B)/%,$(CONTRACTS)): $(B)/tests/contract/bench.o $(B)/tests/contract/behaviours.o
$(CONTRACT_TESTS): $(B)/tests/contract/open_guard.o
$(CONTRACT_TESTS): LDFLAGS += -Wl,--wrap=guard_check
$(UNIT_TESTS) $(CONTRACT_TESTS): $(B)/%: $(B)/%.o $(ARCHIVES)
	$(call SAY,LD,$@)$(LINK) -lcmocka

# What libFuzzer is for stays what compiles: it runs only with `make fuzz`.
.PHONY: tests
tests: $(UNIT_TESTS) $(CONTRACT_TESTS) $(patsubst %.c,$(B)/%.o,$(wildcard tests/fuzz/fuzz_*.c))

# Parsers under libFuzzer: a target is tests/fuzz/fuzz_<x>.c, its first inputs are in tests/fuzz/seeds/<x>/.
FUZZ_TARGETS := $(patsubst %.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS ?= 20
$(FUZZ_TARGETS): LDFLAGS += -fsanitize=fuzzer
# No worker is there to be killed, and no journal but the line that is made.
$(B)/tests/fuzz/fuzz_wire: LDFLAGS += -Wl,--wrap=journal_append -Wl,--wrap=worker_kill
$(FUZZ_TARGETS): $(B)/%: $(B)/%.o $(ARCHIVES)
	$(call SAY,LD,$@)$(LINK)

.PHONY: fuzz-now
fuzz-now: $(FUZZ_TARGETS)
	$(Q)for target in $(FUZZ_TARGETS); do \
		seeds=tests/fuzz/seeds/$${target##*/fuzz_}; found=$(B)/corpus/$${target##*/fuzz_}; mkdir -p "$$found"; \
		echo "  FUZZ	$$target"; \
		$$target -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -verbosity=0 -close_fd_mask=1 -artifact_prefix="$$found." "$$found" "$$seeds" || exit 1; \
	done

# What a fresh machine lacks is installed first, then make starts again, so that pkg-config is asked only after that.
AGAIN = +$(Q)$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j2)

.PHONY: demo
demo:
	$(Q)scripts/deps demo
	$(AGAIN) $(PROGRAM)
	$(Q)scripts/demo $(PROGRAM)

# Everything is built with warnings as errors in a directory of its own; the last lines are prove's verdict. clang's analyser follows
# fewer paths of a function than in `make lint`, which takes a third of the processors' time otherwise.
.PHONY: check
check:
	$(Q)scripts/deps check
	$(AGAIN) B=build-check WERROR=1 build-check/nfc-survey testbed tests
	$(AGAIN) B=build-sanitize WERROR=1 SANITIZE=1 ROOMS='$(PARSING_ROOMS)' sanitized-tests
	$(AGAIN) B=build-check ANALYZER_NODES=40000 prove EXTRA_TESTS='scripts/lint $(patsubst %.c,build-sanitize/%,$(SANITIZED))'

# The rooms that parse what comes from outside run once more under ASan and UBSan; rooms further down are not built for that.
PARSING_ROOMS := $(filter-out harness/findings harness/causes harness/criteria harness/matrix harness/compare harness/faces harness/commands reports%,$(ROOMS))
SANITIZED := $(foreach r,base domain card survey journal doctor station drivers pcsc nfc sim handset isodep ccid port100,$(wildcard tests/unit/$(r)/test_*.c)) tests/contract/driver_sim.c
.PHONY: sanitized-tests
sanitized-tests: $(patsubst %.c,$(B)/%,$(SANITIZED))

# Two tests more than processors: many wait for readers, daemons and clocks.
ALL_TESTS = $(EXTRA_TESTS) $(BATS_TESTS) $(CONTRACT_TESTS) $(UNIT_TESTS)
.PHONY: prove
prove:
	$(Q)NFC_SURVEY=$(abspath $(PROGRAM)) prove --timer -j$$(($$(nproc) + 2)) --exec scripts/run-test $(filter $(ALL_TESTS),$(LONGEST)) $(filter-out $(LONGEST),$(ALL_TESTS))

.PHONY: check-sanitize
check-sanitize:
	$(Q)scripts/deps check
	$(AGAIN) B=build-sanitize WERROR=1 SANITIZE=1 build-sanitize/nfc-survey testbed tests
	$(AGAIN) B=build-sanitize prove

# The kernel's own USB stack and drivers, in a virtual machine: not part of `check`, its packages are large.
.PHONY: check-vm
check-vm:
	$(Q)scripts/deps vm
	$(AGAIN) B=build-check WERROR=1 build-check/nfc-survey testbed
	$(Q)prove --timer --exec sh scripts/check-vm :: build-check

.PHONY: check-clang
check-clang:
	$(Q)scripts/deps check
	$(AGAIN) B=build-clang CC=clang WERROR=1 build-clang/nfc-survey testbed tests
	$(AGAIN) B=build-clang CC=clang prove

.PHONY: fuzz
fuzz:
	$(Q)scripts/deps check
	$(AGAIN) B=build-fuzz CC=clang SANITIZE=1 CFLAGS='-O1 -g -fsanitize=fuzzer-no-link' fuzz-now

.PHONY: lint
lint:
	$(Q)scripts/deps check
	$(Q)scripts/lint

.PHONY: format
format:
	$(Q)find harness drivers reports tests -name '*.[ch]' -exec clang-format -i {} +

# Measurements are no tests: nothing but `make bench` builds or runs them.
BENCHES := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/bench_*.c) tests/bench/vpcd_card.c)
BARE_LOOPS := $(patsubst %.c,$(B)/%.o,$(wildcard tests/bench/bare_*.c))
$(B)/tests/bench/bench_driver: $(BARE_LOOPS)
$(BENCHES): $(B)/%: $(B)/%.o $(ARCHIVES)
	$(call SAY,LD,$@)$(LINK)

.PHONY: bench
bench: $(PROGRAM) testbed $(BENCHES)
	$(Q)scripts/bench $(PROGRAM)

# What stands in files though tables of the program say it: profiles/schema and the dictionaries of docs. tests/cli/schema.bats
# compares them.
.PHONY: generated
generated: $(PROGRAM)
	$(Q)scripts/generated $(PROGRAM)

# docs/notebooks in DuckDB, pandas and R. `check` runs those whose tool is there.
.PHONY: notebooks
notebooks:
	$(Q)scripts/deps notebooks
	$(AGAIN) $(PROGRAM)
	$(Q)NFC_SURVEY=$(abspath $(PROGRAM)) prove --exec scripts/run-test tests/cli/notebooks.bats

.PHONY: pictures
pictures: $(PROGRAM)
	$(Q)scripts/pictures $(PROGRAM)

# 100,000 simulated cells with a known truth: about ten minutes on two cores. `check` runs a short form.
.PHONY: calibrate
calibrate: $(PROGRAM)
	$(Q)scripts/calibrate $(PROGRAM)

# Pairs of simulated runs in which nothing changed but the day: about five minutes on two cores. `check` runs a short form.
.PHONY: calibrate-compare
calibrate-compare: $(PROGRAM)
	$(Q)scripts/calibrate-compare $(PROGRAM)

# Sweeps that are killed, frozen, unplugged and laid wrong, resumed to their end and held against undisturbed ones: CHAOS='--sweeps N
# --testbed N --seed N' instead of about ten minutes of them. `check` runs a short form.
CHAOS ?= --sweeps 300 --testbed 20
.PHONY: chaos
chaos: $(PROGRAM) testbed
	$(Q)tests/chaos/chaos.py $(PROGRAM) $(CHAOS)

# What the program says of itself, for man and for the shell.
MANUAL := $(B)/share/man/man1/nfc-survey.1
COMPLETION := $(B)/share/bash-completion/completions/nfc-survey
$(MANUAL): FORMAT = man
$(COMPLETION): FORMAT = bash
$(MANUAL) $(COMPLETION): $(PROGRAM)
	@mkdir -p $(@D)
	$(Q)$(PROGRAM) manual --format $(FORMAT) >$@.new && mv $@.new $@

# Who may use the readers, for udev and polkit, made from the profiles.
UDEV_RULES := $(B)/udev/60-nfc-survey.rules
POLKIT_RULES := $(B)/polkit/50-nfc-survey.rules
$(UDEV_RULES) $(POLKIT_RULES): scripts/gen-udev $(wildcard profiles/readers/*.yaml)
	@mkdir -p $(@D)
	$(Q)scripts/gen-udev $(notdir $(@D)) >$@.new && mv $@.new $@

INSTALL_DATA = install -m 0644 -D -t
SHARE = $(DESTDIR)$(PREFIX)/share/nfc-survey
SHARED := $(shell find profiles reports -type f ! -name '*.[ch]' ! -name '*.def' ! -name '*.po' ! -name '.*' 2>/dev/null)
.PHONY: install
install: $(PROGRAM) testbed $(MANUAL) $(COMPLETION) $(UDEV_RULES) $(POLKIT_RULES)
	install -m 0755 -D $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/nfc-survey
	$(Q)if [ -x $(TESTBED) ]; then install -m 0755 -D $(TESTBED) $(DESTDIR)$(PREFIX)/libexec/nfc-survey-testbed; fi
	$(Q)for file in $(SHARED); do $(INSTALL_DATA) "$(SHARE)/$${file%/*}" "$$file" || exit 1; done
	$(Q)for file in $(CATALOGUES); do install -m 0644 -D "$$file" "$(DESTDIR)$(PREFIX)/share/$${file#$(B)/}" || exit 1; done
	$(Q)for file in $(MANUAL) $(COMPLETION); do install -m 0644 -D "$$file" "$(DESTDIR)$(PREFIX)/$${file#$(B)/}" || exit 1; done
	$(INSTALL_DATA) $(DESTDIR)$(PREFIX)/lib/udev/rules.d $(UDEV_RULES)
	$(INSTALL_DATA) $(DESTDIR)$(PREFIX)/share/polkit-1/rules.d $(POLKIT_RULES)
	$(INSTALL_DATA) $(DESTDIR)$(PREFIX)/share/doc/nfc-survey README.md README.ja.md NEWS.md LICENSE
	$(INSTALL_DATA) $(DESTDIR)$(PREFIX)/share/doc/nfc-survey/docs docs/*.md
	$(INSTALL_DATA) $(DESTDIR)$(PREFIX)/share/doc/nfc-survey/docs/notebooks docs/notebooks/*.md
	$(INSTALL_DATA) $(DESTDIR)$(PREFIX)/share/doc/nfc-survey/docs/pictures docs/pictures/*

.PHONY: uninstall
uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/nfc-survey $(DESTDIR)$(PREFIX)/libexec/nfc-survey-testbed
	rm -rf $(SHARE) $(DESTDIR)$(PREFIX)/share/doc/nfc-survey
	rm -f $(DESTDIR)$(PREFIX)/share/locale/*/LC_MESSAGES/nfc-survey.mo
	rm -f $(DESTDIR)$(PREFIX)/lib/udev/rules.d/$(notdir $(UDEV_RULES)) $(DESTDIR)$(PREFIX)/share/polkit-1/rules.d/$(notdir $(POLKIT_RULES))
	rm -f $(MANUAL:$(B)/%=$(DESTDIR)$(PREFIX)/%) $(COMPLETION:$(B)/%=$(DESTDIR)$(PREFIX)/%)

.PHONY: clean
clean:
	rm -rf build build-check build-sanitize build-clang build-fuzz

.PHONY: help
help:
	@echo 'make                  build build/nfc-survey (and the testbed where umockdev is installed)'
	@echo 'make demo             install what is missing, build, run a simulated sweep and its report'
	@echo 'make check            install what is missing, build with -Werror, lint, run every test'
	@echo 'make check-clang      the same tests, built with clang'
	@echo 'make check-sanitize   the same tests under ASan and UBSan'
	@echo 'make check-vm         drivers and emulated readers on a real kernel, under QEMU'
	@echo 'make lint, format     the rules of the house; format the sources'
	@echo 'make fuzz             the parsers under libFuzzer, FUZZ_SECONDS=20 each'
	@echo 'make bench            how fast it is'
	@echo 'make calibrate        do the verdicts err as often as they say? 100,000 simulated cells'
	@echo 'make calibrate-compare  does compare call other days a change? 360 pairs of simulated runs'
	@echo 'make chaos            do sweeps survive whatever befalls them? hundreds of them, from a seed'
	@echo 'make notebooks        install DuckDB, pandas and R, and run docs/notebooks'
	@echo 'make generated        profiles/schema and the data dictionaries of docs, from the tables of the program'
	@echo 'make pictures         the pictures of docs/procedures.md, from a rehearsal in tmux and Chromium'
	@echo 'make install          PREFIX=/usr/local, DESTDIR; uninstall takes it away'
	@echo 'make clean            remove the build directories'
	@echo 'Variables: CC, CFLAGS, B=<build directory>, WERROR=1, SANITIZE=1, V=1'

-include $(shell find $(B) -name '*.d' 2>/dev/null)
