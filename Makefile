# nfc-survey: `make` builds build/nfc-survey, `make demo` and `make check` do all the set-up by themselves, `make help` lists the rest.
SHELL := /bin/sh
.DELETE_ON_ERROR:
.SUFFIXES:

B ?= build
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= gcc
CFLAGS ?= -O2 -g
PKG_CONFIG ?= pkg-config
VERSION := 0.1.0

STRICT := -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
          -Wvla -Wformat=2 -Wno-format-nonliteral -fstack-protector-strong -ffp-contract=off
ifeq ($(SANITIZE),)
STRICT += -D_FORTIFY_SOURCE=2
endif
ifneq ($(WERROR),)
STRICT += -Werror
endif
ifneq ($(SANITIZE),)
STRICT += -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
LDFLAGS += -fsanitize=address,undefined
endif
PACKAGES := yaml-0.1 libpcsclite libcrypto
CPPFLAGS += -I. -I$(B) $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
ALL_CFLAGS = $(STRICT) $(CFLAGS) $(CPPFLAGS) -MMD -MP
LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null) -lRmath -lm

ifneq ($(V),1)
Q := @
SAY = @echo "  $(1)	$(2)";
endif

# A room is a folder; what each may use is design, and `make lint` checks it on the includes.
ROOMS := base card survey stats verdict plan journal findings station commands
DIR_base := harness/base
DIR_card := harness/card
DIR_survey := harness/survey
DIR_stats := harness/stats
DIR_verdict := harness/verdict
DIR_plan := harness/plan
DIR_journal := harness/journal
DIR_findings := harness/findings
DIR_station := harness/station
DIR_commands := harness/commands
DIR_drivers := drivers
DIR_handset := drivers/handset
DIR_reports := reports
ALL_ROOMS := $(ROOMS) drivers handset reports

# Which archives a unit test of a room is linked with.
USES_base :=
USES_card := base
USES_survey := card base
USES_stats := base
USES_verdict := stats base
USES_plan := survey verdict stats card base
USES_journal := base
USES_findings := journal survey verdict stats card base
USES_handset := card base
USES_drivers := handset card base
USES_station := plan journal drivers handset survey verdict stats card base
USES_reports := findings journal survey verdict stats card base
USES_commands := station findings reports plan journal drivers handset survey verdict stats card base

sources = $(wildcard $(DIR_$(1))/*.c)
objects = $(patsubst %.c,$(B)/%.o,$(call sources,$(1)))
archive = $(B)/lib$(1).a
archives = $(foreach r,$(1),$(call archive,$(r)))

PROGRAM := $(B)/nfc-survey
TESTBED := $(B)/libexec/nfc-survey-testbed
UNIT_TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/unit/*/test_*.c))
CONTRACT_TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/contract/test_*.c))
BATS_TESTS := $(wildcard tests/cli/*.bats tests/testbed/*.bats)

.PHONY: all
all: $(PROGRAM) testbed

define room_rules
$(call archive,$(1)): $(call objects,$(1))
	$$(call SAY,AR,$$@)rm -f $$@; ar rcs $$@ $$^
$(B)/tests/unit/$(1)/%: $(B)/tests/unit/$(1)/%.o $(call archives,$(1) $(USES_$(1)))
	$$(call SAY,LD,$$@)$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$< -Wl,--start-group $(call archives,$(1) $(USES_$(1))) -Wl,--end-group $$(LIBS) -lcmocka
endef
$(foreach r,$(ALL_ROOMS),$(eval $(call room_rules,$(r))))

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(call SAY,CC,$<)$(CC) $(ALL_CFLAGS) -c -o $@ $<

$(B)/harness/commands/%.o $(B)/harness/station/%.o: CPPFLAGS += -DNFC_SURVEY_VERSION='"$(VERSION)"' -DNFC_SURVEY_DATADIR='"$(PREFIX)/share/nfc-survey"' -DNFC_SURVEY_LIBEXECDIR='"$(PREFIX)/libexec"'

$(PROGRAM): $(B)/harness/main.o $(call archives,commands $(USES_commands))
	$(call SAY,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(call archives,commands $(USES_commands)) -Wl,--end-group $(LIBS)

# The testbed serves emulated USB readers through umockdev; the survey program itself never links it.
HAVE_UMOCKDEV := $(shell $(PKG_CONFIG) --exists umockdev-1.0 2>/dev/null && echo yes)
TESTBED_OBJECTS := $(patsubst %.c,$(B)/%.o,$(wildcard drivers/testbed/*.c))
$(TESTBED_OBJECTS): CPPFLAGS += $(shell $(PKG_CONFIG) --cflags umockdev-1.0 2>/dev/null)
$(TESTBED): $(TESTBED_OBJECTS) $(call archives,handset survey card base)
	@mkdir -p $(@D)
	$(call SAY,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(TESTBED_OBJECTS) -Wl,--start-group $(call archives,handset survey card base) -Wl,--end-group $(LIBS) $$($(PKG_CONFIG) --libs umockdev-1.0) -lpthread

.PHONY: testbed
ifeq ($(HAVE_UMOCKDEV),yes)
testbed: $(TESTBED)
else
testbed:
	@echo "  umockdev is not installed: the testbed is left out (scripts/deps names the package)"
endif

$(CONTRACT_TESTS): $(B)/tests/contract/%: $(B)/tests/contract/%.o $(call archives,station $(USES_station))
	$(call SAY,LD,$@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -Wl,--start-group $(call archives,station $(USES_station)) -Wl,--end-group $(LIBS) -lcmocka

.PHONY: tests
tests: $(UNIT_TESTS) $(CONTRACT_TESTS)

-include $(shell find $(B) -name '*.d' 2>/dev/null)
