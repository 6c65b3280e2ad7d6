# azumi: `make help` lists the doors.
#
#   BUILD=build      where everything is built
#   SANITIZER=       address, undefined, or address,undefined: another build folder of its own
#   OPT=-O2          optimisation flags; DEBUG=1 means -O0
#   V=1             show the commands
#   PREFIX=/usr/local, DESTDIR=   for `make install`
# Flags are remembered: a build with other flags rebuilds what they touch.

SANITIZER ?=
PREFIX ?= /usr/local
DESTDIR ?=
CC = gcc
OPT ?= -O2
ifeq ($(DEBUG),1)
OPT := -O0
endif
comma := ,
BUILD ?= build$(if $(SANITIZER),-$(subst $(comma),-,$(SANITIZER)))
AZUMI_DATA ?= ../shared/data
export AZUMI_DATA

WARN = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion $(if $(WERROR),-Werror)
SAN = $(if $(SANITIZER),-fsanitize=$(SANITIZER) -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
CFLAGS ?= -g
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE $(OPT) $(CFLAGS) $(WARN) $(SAN) -fPIC -MMD -MP -I. \
             -DAZ_ENGINE_DIR='"$(PREFIX)/lib/azumi"'
# Hundreds of programs are linked to test this: by the faster linker, where it is.
FAST_LD := $(if $(shell command -v ld.gold),-fuse-ld=gold)
LIBS = -ljansson -lsqlite3 -lnanomsg -lsodium -lzip -lz -llapacke -lopenblas -lpthread -ldl -lm

# Sources by room. Engine plug-ins are shared objects of their own; the registry of kinds is compiled
# twice, once with the kinds of the tests.
PLUGINS = $(wildcard solver/engine_*.c)
REGISTRY = formulations/registry.c
LIB_SRC = $(filter-out $(PLUGINS) $(REGISTRY),$(wildcard solver/*.c solver/*/*.c formulations/*.c \
          formulations/*/*.c adapters/*.c adapters/*/*.c))
LIB_SRC := $(filter-out adapters/cli/main.c,$(LIB_SRC))
SUPPORT_SRC = $(wildcard tests/support/*.c)
TEST_SRC = $(wildcard tests/test_*.c)
FUZZ_SRC = $(wildcard tests/fuzz/*.c)
FUZZ_COMMON = $(wildcard tests/fuzz/common/*.c)

LIB_OBJ = $(LIB_SRC:%.c=$(BUILD)/%.o)
SUPPORT_OBJ = $(SUPPORT_SRC:%.c=$(BUILD)/%.o)
TESTS = $(TEST_SRC:tests/%.c=$(BUILD)/tests/%)

HAVE_CBC := $(wildcard /usr/include/coin/Cbc_C_Interface.h)
ENGINES = $(BUILD)/engines/azumi-engine-glpk.so \
          $(if $(HAVE_CBC),$(BUILD)/engines/azumi-engine-cbc.so)

.PHONY: all help setup check check-all unit demo bench storm lint fuzz install clean includes
.DELETE_ON_ERROR:
.SECONDARY:

Q = $(if $(V),,@)
# Quiet with make -s, the commands themselves with V=1.
SAY = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),@:,@printf '  %-5s %s\n')

all: $(BUILD)/azumi $(ENGINES) $(BUILD)/libazumi-client.so.0 $(BUILD)/libazumi-client.a ## build build/azumi, the engine plug-ins and the client library

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# --- building -------------------------------------------------------------------------------------
FLAGS_NOW = $(CC) $(ALL_CFLAGS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D); printf '%s\n' "$(subst ",\",$(FLAGS_NOW))" | cmp -s - $@ || \
	  printf '%s\n' "$(subst ",\",$(FLAGS_NOW))" > $@
.PHONY: FORCE
FORCE:

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(ALL_CFLAGS) $(ENGINE_CFLAGS) -c $< -o $@

$(BUILD)/registry_test.o: $(REGISTRY) $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)$(CC) $(ALL_CFLAGS) -DAZ_TEST_KINDS -c $< -o $@

$(BUILD)/libazumi.a: $(LIB_OBJ)
	@rm -f $@
	$(SAY) AR $@
	$(Q)ar rcs $@ $^

$(BUILD)/azumi: $(BUILD)/adapters/cli/main.o $(BUILD)/formulations/registry.o $(BUILD)/libazumi.a
	$(SAY) LINK $@
	$(Q)$(CC) $(SAN) -o $@ $^ $(LIBS)

# Preloaded into the processes of a service by its test.
$(BUILD)/scarce.so: $(BUILD)/tests/preload/scarce.o
	$(SAY) LINK $@
	$(Q)$(CC) $(SAN) -shared -o $@ $<
$(BUILD)/tests/test_service_scarce: | $(BUILD)/scarce.so

# The client alone, for programs of others, shared and static: it shows azumi_* of its header and no
# more. What it needs of the rest becomes one object.
CLIENT_OBJ = $(BUILD)/adapters/service/library.o $(BUILD)/adapters/service/library_read.o
CLIENT_LIBS = -ljansson -lsodium -lz -lpthread -lm
$(BUILD)/azumi-client.o: $(CLIENT_OBJ) $(BUILD)/libazumi.a
	$(Q)ld -r -o $@.whole $^
	$(Q)objcopy --wildcard --keep-global-symbol='azumi_*' $@.whole $@ && rm $@.whole

$(BUILD)/libazumi-client.a: $(BUILD)/azumi-client.o
	@rm -f $@
	$(SAY) AR $@
	$(Q)ar rcs $@ $<

$(BUILD)/libazumi-client.so.0: $(BUILD)/azumi-client.o
	$(SAY) LINK $@
	$(Q)$(CC) $(SAN) -shared -Wl,-soname,$(@F) $(if $(SAN),,-Wl,--no-undefined) -Wl,--as-needed -o $@ $^ \
	  $(CLIENT_LIBS)

# Manual pages in both languages: the command's and the operations' from their tables, the others from
# Markdown.
PAGES = azumi.1 azumi-protocol.7 azumi-client.3 azumi-operating.7
MANUAL = $(PAGES:%=$(BUILD)/man/%) $(PAGES:%=$(BUILD)/man/ja/%)
$(BUILD)/man/azumi.1 $(BUILD)/man/azumi-protocol.7: $(BUILD)/man/%: $(BUILD)/azumi
	@mkdir -p $(@D)
	$(Q)$< manual-page $(basename $*) > $@
$(BUILD)/man/ja/azumi.1 $(BUILD)/man/ja/azumi-protocol.7: $(BUILD)/man/ja/%: $(BUILD)/azumi
	@mkdir -p $(@D)
	$(Q)$< manual-page $(basename $*) ja > $@
$(BUILD)/man/azumi-client.3 $(BUILD)/man/azumi-operating.7: $(BUILD)/man/%: $(BUILD)/azumi doc/*.md
	@mkdir -p $(@D)
	$(Q)$< manual-page doc/$(basename $*).md > $@
$(BUILD)/man/ja/azumi-client.3 $(BUILD)/man/ja/azumi-operating.7: $(BUILD)/man/ja/%: $(BUILD)/azumi doc/ja/*.md
	@mkdir -p $(@D)
	$(Q)$< manual-page doc/ja/$(basename $*).md ja > $@

# The same command with the kinds of the tests.
$(BUILD)/azumi-test: $(BUILD)/adapters/cli/main.o $(BUILD)/registry_test.o $(SUPPORT_OBJ) $(BUILD)/libazumi.a
	$(SAY) LINK $@
	$(Q)$(CC) $(SAN) -o $@ $^ $(LIBS)

# A plug-in is every solver/engine_NAME*.c; it links its library and nothing of azumi.
GLPK_LIBS = -lglpk
CBC_LIBS = $(shell pkg-config --libs cbc 2>/dev/null)
GLPK_OBJ = $(patsubst %.c,$(BUILD)/%.o,$(wildcard solver/engine_glpk*.c))
CBC_OBJ = $(patsubst %.c,$(BUILD)/%.o,$(wildcard solver/engine_cbc*.c))
$(CBC_OBJ): ENGINE_CFLAGS = -isystem /usr/include/coin
$(BUILD)/engines/azumi-engine-glpk.so: $(GLPK_OBJ)
	@mkdir -p $(@D)
	$(SAY) LINK $@
	$(Q)$(CC) $(SAN) -shared -o $@ $(filter %.o,$^) $(GLPK_LIBS) -lm
$(BUILD)/engines/azumi-engine-cbc.so: $(CBC_OBJ)
	@mkdir -p $(@D)
	$(SAY) LINK $@
	$(Q)$(CC) $(SAN) -shared -o $@ $(filter %.o,$^) $(CBC_LIBS) -lm

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(BUILD)/registry_test.o $(SUPPORT_OBJ) $(BUILD)/libazumi.a
	$(SAY) LINK $@
	$(Q)$(CC) $(SAN) $(FAST_LD) $(WRAP) -o $@ $^ -lcheck -lsubunit -lrt $(LIBS)

# A library of no sanitizer, which tests load into the service.
$(BUILD)/tests/clock.so: tests/shim/clock.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(SAY) LINK $@
	$(Q)$(CC) -std=c17 -D_GNU_SOURCE $(OPT) $(WARN) -fPIC -shared -o $@ $<
$(BUILD)/tests/test_service_clock: | $(BUILD)/tests/clock.so

# These suites count and refuse every allocation of ours.
$(addprefix $(BUILD)/tests/test_memory,$(addprefix _,siting fleets service drive store client library)) $(BUILD)/tests/test_memory: \
	WRAP = $(foreach f,malloc calloc realloc free strdup,-Wl,--wrap=$(f))

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

# --- testing --------------------------------------------------------------------------------------
# One suite: make unit ONLY=test_fields
ONLY ?=
CHOSEN = $(if $(ONLY),$(ONLY:%=$(BUILD)/tests/%),$(TESTS))
unit: all $(BUILD)/azumi-test $(CHOSEN) ## run the tests without setting anything up (ONLY=test_x, JOBS=1)
	@BUILD=$(BUILD) sh tests/run.sh $(CHOSEN)

clean: ## remove what was built
	rm -rf $(BUILD)

includes: ## fail on an include that points upward
	@sh tests/includes.sh

# The doors that set a bare Debian 12 up by themselves. The second make sees what was installed.
setup: ## install the Debian packages that are missing
	@sh .ci/setup

check: setup ## set up, build, and run every test
	@$(MAKE) --no-print-directory includes
	@$(MAKE) --no-print-directory unit
	@BUILD=$(BUILD) sh tests/install.sh

SAN_ENV = ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:suppressions= \
          LSAN_OPTIONS=suppressions=tests/lsan.supp:print_suppressions=0 \
          UBSAN_OPTIONS=print_stacktrace=1 CK_TIMEOUT_MULTIPLIER=6
sanitize: setup ## the whole test run under AddressSanitizer and UndefinedBehaviorSanitizer
	@$(SAN_ENV) $(MAKE) --no-print-directory unit SANITIZER=address,undefined OPT=-O1 CFLAGS=-g1

demo: setup ## start the service, submit the Matsumoto day over nanomsg, write the report
	@$(MAKE) --no-print-directory all
	@BUILD=$(BUILD) sh tests/demo.sh

bench: setup ## the public cases and the service, one table (CASES=pattern, DAYS=30)
	@$(MAKE) --no-print-directory all $(BUILD)/azumi-test $(BENCHES)
	@BUILD=$(BUILD) CASES="$(CASES)" DAYS="$(DAYS)" sh tests/bench/run.sh

KILLS ?= 100
storm: setup ## kill, stop and pause every process of a service at random moments (KILLS=100, SEED=n)
	@$(MAKE) --no-print-directory all $(BUILD)/azumi-test $(BUILD)/bench/storm
	@BUILD=$(BUILD) $(BUILD)/bench/storm $(KILLS) $(SEED)

FUZZ_SECONDS ?= 600
FUZZERS = $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
fuzz: ## run every fuzzer FUZZ_SECONDS each (needs clang)
	@sh .ci/setup fuzz
	@$(MAKE) --no-print-directory $(FUZZERS)
	@BUILD=$(BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/fuzz/run.sh $(FUZZERS)

# What reads input is optimised; the rest, which they hardly run, would take longest to compile.
FUZZ_OPT = $(if $(filter adapters/%,$<),-O1,-O0)
FUZZ_CFLAGS = -std=c17 -D_GNU_SOURCE -gline-tables-only $(FUZZ_OPT) -w -I. -MMD -MP -DAZ_TEST_KINDS \
              -DAZ_ENGINE_DIR='""' -fsanitize=fuzzer-no-link,address,undefined \
              -fno-sanitize-recover=undefined
FUZZ_OBJ = $(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$(LIB_SRC) $(REGISTRY) $(SUPPORT_SRC) $(FUZZ_COMMON))
$(BUILD)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(SAY) CC $@
	$(Q)clang $(FUZZ_CFLAGS) -c $< -o $@
$(BUILD)/fuzz/%: $(BUILD)/fuzz/obj/tests/fuzz/%.o $(FUZZ_OBJ)
	$(SAY) LINK $@
	$(Q)clang -fsanitize=fuzzer,address,undefined $(FUZZ_WRAP) -o $@ $^ $(LIBS)
# These fuzzers are what the program talks to.
$(BUILD)/fuzz/fuzz_client: FUZZ_WRAP = $(foreach f,socket connect sendmsg recv poll nanosleep az_system_now,-Wl,--wrap=$(f))
$(BUILD)/fuzz/fuzz_solver: FUZZ_WRAP = -Wl,--wrap=az_spawn

BENCHES = $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/registry_test.o $(SUPPORT_OBJ) $(BUILD)/libazumi.a
	@mkdir -p $(@D)
	$(SAY) LINK $@
	$(Q)$(CC) $(SAN) -o $@ $^ $(LIBS)

C_FILES = $(shell git ls-files '*.c' '*.h')
lint: ## compiler warnings as errors, clang-format, clang-tidy, shellcheck
	@sh .ci/setup lint
	$(MAKE) --no-print-directory all $(TESTS) BUILD=build-lint WERROR=1
	clang-format --dry-run --Werror $(C_FILES)
	clang-tidy --quiet $(filter %.c,$(C_FILES)) -- -std=c17 -D_GNU_SOURCE -I. -Iadapters/service \
	  -I/usr/include/coin -DAZ_ENGINE_DIR='""' 2>/dev/null
	shellcheck .ci/run .ci/setup tests/*.sh tests/bench/*.sh tests/fuzz/*.sh

VERSION = $(shell sed -n 's/.*AZ_VERSION "\(.*\)"/\1/p' formulations/certificate.h)
install: all $(MANUAL) ## install under DESTDIR/PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/azumi $(DESTDIR)$(PREFIX)/include \
	  $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/share/doc/azumi/examples \
	  $(DESTDIR)$(PREFIX)/share/azumi/instances/microgrid \
	  $(DESTDIR)$(PREFIX)/share/azumi/instances/evbus \
	  $(DESTDIR)$(PREFIX)/share/azumi/instances/clinic \
	  $(DESTDIR)$(PREFIX)/share/azumi/instances/siting $(DESTDIR)$(PREFIX)/share/doc/azumi
	install -m 755 $(BUILD)/azumi $(DESTDIR)$(PREFIX)/bin/azumi
	install -m 755 $(ENGINES) $(DESTDIR)$(PREFIX)/lib/azumi/
	install -m 644 instances/microgrid/*.json $(DESTDIR)$(PREFIX)/share/azumi/instances/microgrid/
	install -m 644 instances/evbus/*.json $(DESTDIR)$(PREFIX)/share/azumi/instances/evbus/
	install -m 644 instances/clinic/* $(DESTDIR)$(PREFIX)/share/azumi/instances/clinic/
	install -m 644 instances/siting/*.json instances/siting/*.csv \
	  $(DESTDIR)$(PREFIX)/share/azumi/instances/siting/
	install -m 644 adapters/service/azumi_client.h $(DESTDIR)$(PREFIX)/include/
	install -m 755 $(BUILD)/libazumi-client.so.0 $(DESTDIR)$(PREFIX)/lib/
	ln -sf libazumi-client.so.0 $(DESTDIR)$(PREFIX)/lib/libazumi-client.so
	install -m 644 $(BUILD)/libazumi-client.a $(DESTDIR)$(PREFIX)/lib/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@PRIVATE@|$(CLIENT_LIBS)|' doc/azumi-client.pc.in \
	  > $(DESTDIR)$(PREFIX)/lib/pkgconfig/azumi-client.pc
	for page in $(PAGES); do \
	  for language in . ja; do \
	    install -D -m 644 $(BUILD)/man/$$language/$$page \
	      $(DESTDIR)$(PREFIX)/share/man/$$language/man$${page##*.}/$$page || exit 1; \
	  done; \
	done
	for unit in azumi.service azumi-backup.service; do \
	  install -d $(DESTDIR)$(PREFIX)/lib/systemd/system && \
	  sed 's|@PREFIX@|$(PREFIX)|' doc/systemd/$$unit.in > $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit \
	    || exit 1; \
	done
	install -m 644 doc/systemd/azumi-backup.timer $(DESTDIR)$(PREFIX)/lib/systemd/system/
	install -m 644 examples/*.c examples/*.sh $(DESTDIR)$(PREFIX)/share/doc/azumi/examples/
	install -m 644 README.md LICENSE CHANGELOG.md SECURITY.md $(DESTDIR)$(PREFIX)/share/doc/azumi/
