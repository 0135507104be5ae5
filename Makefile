# kettensim: one Makefile for the simulator, its libraries by layer, and their tests.
#
#   make run      install what is missing, build, run scenarios/partition_heal.scn
#   make check    install what is missing, build, lint, run every test
#   make help     all targets
#
# Each folder below is a layer and becomes one archive; a layer's tests link that layer and
# what stands below it, so that an include in the wrong direction does not link.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

VERSION := 0.1.0
BUILD   ?= release
ifeq ($(origin CC),default)
CC      := gcc
endif
OPT     ?= -O2
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
DESTDIR ?=
PKGS    := glib-2.0 gio-unix-2.0 libcrypto sqlite3 json-glib-1.0 libxml-2.0 gsl
TEST_PKGS := cunit
O       := build/$(BUILD)
JOBS    ?= $(shell nproc 2>/dev/null || echo 2)

# V=1 shows the commands.
ifeq ($(V),1)
Q :=
say =
else
Q := @
say = @printf '  %-3s %s\n' $(1) $(2)
endif

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
ifeq ($(DEVELOPER),1)
WARN += -Werror
endif
ifeq ($(BUILD),asan)
SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif
# LTO=1 (gcc): the layers of the command are optimised as one program, for runs that are a tenth
# faster and a build that takes twice as long; docs/performance.md. Tests and the library link the
# same objects the plain way.
ifeq ($(BUILD)/$(findstring clang,$(CC)),release/)
LTO ?= 1
endif
ifeq ($(LTO),1)
LTO_CFLAGS  := -flto=auto -ffat-lto-objects
LTO_LDFLAGS := -flto=auto $(OPT)
PLAIN_LDFLAGS := -fno-lto
endif
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
TEST_CFLAGS := $(shell pkg-config --cflags $(TEST_PKGS) 2>/dev/null)
TEST_LIBS   := $(shell pkg-config --libs $(TEST_PKGS) 2>/dev/null)
ALL_CFLAGS := -std=gnu11 $(OPT) -g $(WARN) -ffp-contract=off -fPIC -fno-semantic-interposition $(SAN) $(LTO_CFLAGS) \
              -pthread -I. \
              -DKETTENSIM_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CFLAGS)
ALL_LDFLAGS := $(SAN) $(PLAIN_LDFLAGS) -pthread $(LDFLAGS)
COMMAND_LDFLAGS := $(SAN) $(LTO_LDFLAGS) -pthread $(LDFLAGS)

# Layers, lowest first, and what each may use.
LAYERS := io model policy core live engine net world scenario run explore analysis cli
io_src       := $(sort $(wildcard sim/io/*.c))
model_src    := $(sort $(wildcard sim/model/*.c))
policy_src   := $(sort $(wildcard sim/policy/*.c))
core_src     := $(sort $(wildcard core/base/*.c core/chain/*.c core/node/*.c))
live_src     := $(sort $(wildcard sim/live/*.c))
engine_src   := $(sort $(wildcard sim/engine/*.c))
net_src      := $(sort $(wildcard sim/net/*.c))
world_src    := $(sort $(wildcard sim/world/*.c sim/world/strategy/*.c))
scenario_src := $(sort $(wildcard sim/scenario/*.c))
run_src      := $(sort $(wildcard sim/run/*.c))
explore_src  := $(sort $(wildcard sim/explore/*.c))
analysis_src := $(sort $(wildcard analysis/*.c))
lib_src      := $(sort $(wildcard sim/lib/*.c))
cli_src      := $(filter-out sim/cli/main.c,$(sort $(wildcard sim/cli/*.c)))

io_uses       := io
model_uses    := model
policy_uses   := policy io
core_uses     := core
live_uses     := live core io
engine_uses   := engine
net_uses      := net engine
scenario_uses := scenario policy io
world_uses    := world net engine core model policy io
run_uses      := run world scenario net engine core model policy io
explore_uses  := explore run world scenario net engine core model policy io
analysis_uses := analysis io
cli_uses      := cli explore analysis run world scenario net engine live core model policy io

obj = $(patsubst %.c,$(O)/%.o,$(1))
lib = $(O)/libkette-$(1).a
libs_of = $(foreach l,$($(1)_uses),$(call lib,$(l)))

HARNESS   := tests/harness/harness.c
# The fuzz targets, whose corpus the tests replay.
core_extra := tests/fuzz/replay.c tests/fuzz/fuzz_message.c tests/fuzz/fuzz_node.c
# Chains made to order.
live_extra := tests/core/fixture.c tests/cli/command.c tests/fuzz/replay.c tests/fuzz/fuzz_stream.c
policy_extra := tests/fuzz/replay.c tests/fuzz/fuzz_policy.c
scenario_extra := tests/fuzz/replay.c tests/fuzz/fuzz_scenario.c
# Those of analysis run the command; those of live take its folders.
analysis_extra := tests/cli/command.c
cli_extra := tests/scale/made_trace.c
TEST_BINS := $(foreach l,$(LAYERS),$(if $(wildcard tests/$(l)/*.c),$(O)/test-$(l)))
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))

.PHONY: all lib run check check-web check-editor editor man deb check-deb check-slurm check-fluid check-validate check-live fidelity soak hostile validate explore-mutants check-explore gallery check-vectors check-portable mutants lint format asan cover cover-built bench bench-analysis profile fuzz mutate install uninstall clean help deps \
        run-built check-built FORCE

all: build/kettensim

# The set-up runs first and make starts over, because pkg-config's answers are read at the top.
run check: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@$(MAKE) --no-print-directory $@-built

run-built: all
	build/kettensim run scenarios/partition_heal.scn $(if $(shell test -s $(PAGE) && echo yes),--report)

check-built: lint all lib $(TEST_BINS)
	@BUILD=$(BUILD) CC='$(CC)' tests/harness/run.sh $(TEST_BINS) tests/cli/scenarios.sh tests/example/run.sh tests/python/run.sh

deps:
	@.ci/deps

build/kettensim: $(O)/kettensim FORCE
	@cmp -s $< $@ || { cp $< $@.new && mv $@.new $@; }

$(O)/kettensim: $(call obj,sim/cli/main.c) $(call libs_of,cli)
	$(call say,LD,$@)
	$(Q)$(CC) $(COMMAND_LDFLAGS) -Wl,--as-needed -o $@ $^ $(PKG_LIBS) -lm

# A build with other flags rebuilds; a missing library is one line here, not a compiler error.
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@for p in $(PKGS); do pkg-config --exists $$p 2>/dev/null || missing="$$missing $$p"; done; \
	 pkg-config --exists 'libcrypto >= 3' 2>/dev/null || missing="$$missing libcrypto>=3"; \
	 command -v $(firstword $(CC)) >/dev/null || missing="$$missing $(firstword $(CC))"; \
	 if [ -n "$$missing" ]; then \
	   echo "kettensim: missing:$$missing (type 'make deps' to install what is missing)" >&2; exit 1; fi
	@echo '$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)' | cmp -s - $@ || \
	 echo '$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS)' > $@

# Its symbols are made by an asm that names the page, which is of no program as a whole.
$(O)/analysis/page.o: ALL_CFLAGS += -fno-lto

$(O)/%.o: %.c $(O)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(if $(filter tests/%,$<),$(TEST_CFLAGS)) -MMD -MP -c -o $@ $<

# Where installed networks are looked for; another PREFIX compiles this one file again.
$(O)/prefix: FORCE
	@mkdir -p $(@D)
	@echo '$(PREFIX)' | cmp -s - $@ || echo '$(PREFIX)' > $@

$(O)/sim/scenario/source.o: $(O)/prefix
$(O)/sim/scenario/source.o: ALL_CFLAGS += -DKETTENSIM_INCLUDE_FOLDER='"$(PREFIX)/share/kettensim/include"'

# Syntax files and completions, made by the command from its tables.
EDITOR_VIM := $(sort $(wildcard sim/cli/editor/vim/*/*))

editor: all $(EDITOR_VIM)
	@mkdir -p build/editor/vim/syntax
	@cp -r sim/cli/editor/vim build/editor
	@build/kettensim help --grammar vim > build/editor/vim/syntax/scn.vim
	@build/kettensim help --grammar textmate > build/editor/scn.tmLanguage.json
	@build/kettensim help --grammar bash > build/editor/kettensim
	@build/kettensim help --grammar zsh > build/editor/_kettensim
	@build/kettensim help --grammar fish > build/editor/kettensim.fish

# The language server and the syntax files in Debian's Neovim.
check-editor: editor
	@tests/editor/check.sh

# The questions of `kettensim query`, built into it.
QUERIES := $(sort $(wildcard analysis/queries/*.sql))
QUERY_PARTS := $(sort $(wildcard analysis/queries/include/*.sql))
analysis_made := $(O)/made/queries.o

$(O)/made/queries.c: analysis/queries analysis/queries/embed.sh $(QUERIES) $(QUERY_PARTS)
	@mkdir -p $(@D)
	$(Q)analysis/queries/embed.sh $(QUERIES) > $@

$(O)/made/%.o: $(O)/made/%.c $(O)/flags
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# What a run depends on, as a hash of its sources: rows of another build are not taken over.
BUILD_ID_SRC := $(sort $(wildcard core/*/*.[ch] sim/engine/*.[ch] sim/net/*.[ch] sim/world/*.[ch] sim/world/strategy/*.[ch] \
                                  sim/policy/*.[ch] sim/scenario/*.[ch] sim/run/*.[ch]))
run_made := $(O)/made/build_id.o

$(O)/made/build_id.c: $(BUILD_ID_SRC)
	@mkdir -p $(@D)
	$(Q)id=$$(cat $^ | sha256sum | cut -c 1-12) && \
	 printf '#include "sim/run/build_id.h"\nconst char sim_build_id[] = "%s";\n' "$$id" > $@

# Reports in Debian's Chromium: compared with their databases, and the pictures of docs/gallery.md.
check-web: all
	@analysis/web/check.sh

# Sweeps as job arrays on a Slurm of the test's own.
check-slurm: all
	@tests/slurm/run.sh

# Live runs beside simulations of the same scenarios. Needs network namespaces.
check-live: all
	@python3 tests/live/fidelity.py build/kettensim

# The same at twice real time, for docs/fidelity.md: on a machine that does nothing else.
fidelity: all
	@python3 tests/live/fidelity.py build/kettensim --speed 2 --write docs/fidelity.md

# An hour of eight processes, payments and kills, at real time; ten minutes of strangers' bytes.
soak: all
	@build/kettensim live tests/live/soak.scn

hostile: all
	@python3 tests/live/hostile.py build/kettensim

# Published set-ups, each over its seeds; docs/validation.md has the figures.
validate: all
	@python3 tests/validate/validate.py build/kettensim --write docs/validation.md

# A part of it, in under a minute.
check-validate: all
	@python3 tests/validate/validate.py build/kettensim --quick

gallery: all
	@analysis/web/check.sh gallery

# The page of `kettensim report`, built once for all builds; empty without npm (see its build.sh).
PAGE := build/web/page.html
PAGE_SRC := $(sort $(wildcard analysis/web/src/* analysis/web/build.* analysis/web/package*.json))

$(PAGE): $(PAGE_SRC)
	$(call say,WEB,$@)
	$(Q)analysis/web/build.sh $@

$(O)/analysis/page.o: $(PAGE)

define layer_rules
$(call lib,$(1)): $(call obj,$($(1)_src)) $($(1)_made)
	@rm -f $$@
	$$(call say,AR,$$@)
	$$(Q)ar rcs $$@ $$^

$(O)/test-$(1): $(call obj,$(HARNESS) $(sort $(wildcard tests/$(1)/*.c)) $($(1)_extra)) $(call libs_of,$(1))
	$$(call say,LD,$$@)
	$$(Q)$(CC) $(ALL_LDFLAGS) -o $$@ $$^ $(PKG_LIBS) $(TEST_LIBS) -lm
endef
$(foreach l,$(LAYERS),$(eval $(call layer_rules,$(l))))

# Reading traces of 50 million messages: made, measured, deleted.
$(O)/make-trace: $(call obj,tests/scale/make_trace.c tests/scale/made_trace.c) $(call libs_of,run)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

bench-analysis: all $(O)/make-trace
	@tests/scale/bench.sh build/kettensim $(O)/make-trace $(SCALE)

$(O)/bench: $(call obj,$(BENCH_SRC)) $(call libs_of,run)
	$(call say,LD,$@)
	$(Q)$(CC) $(COMMAND_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

# libkettensim: everything below sim/run/ and sim/lib/, static and shared. The static one keeps the
# ordinary code of its objects alone: what else is in them would be compiled in its user's link.
LIB_OBJS := $(call obj,$(lib_src) $(run_src) $(world_src) $(scenario_src) $(net_src) $(engine_src) \
                       $(core_src) $(model_src) $(policy_src) $(io_src)) $(run_made)
LIB_MAJOR := 0

$(O)/libkettensim.a: $(LIB_OBJS)
	@rm -f $@
	$(call say,AR,$@)
	$(Q)ar rcs $@ $^
	$(if $(LTO_LDFLAGS),$(Q)objcopy -R '.gnu.lto_*' -R '.gnu.debuglto_*' $@)

$(O)/libkettensim.so.$(LIB_MAJOR): $(LIB_OBJS) sim/lib/kettensim.map
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,--as-needed -Wl,-soname,$(@F) -Wl,--version-script=sim/lib/kettensim.map \
	 -o $@ $(LIB_OBJS) $(PKG_LIBS) -lm

lib: $(O)/libkettensim.a $(O)/libkettensim.so.$(LIB_MAJOR)

$(O)/portable: $(call obj,tests/portable/portable.c) $(call libs_of,net)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

$(O)/fluid: $(call obj,tests/fluid/fluid.c) $(call libs_of,net)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) -lm

# Fair shares of lines against a solver in fractions.
check-fluid: $(O)/fluid
	@tests/fluid/solver.py $(O)/fluid

# gcc -O0 and -O3, clang and aarch64 under qemu: samplers, a million events, a run's digest.
check-portable:
	@tests/portable/run.sh

# Plants one bug at a time; a scenario must fail by each.
mutants:
	@tests/mutants/run.sh

# Which of them a search finds by itself; docs/explore.md has the table. Half an hour and more.
explore-mutants:
	@python3 tests/mutants/explore.py --seconds 60 --write docs/explore.md

# A minute of searching with a fixed seed, from each base: what is known to fail stands in
# scenarios/found/, so nothing must be found.
check-explore: all
	@tests/cli/explore.sh

# Other people's published cases: not in the project, read in ../shared/vectors or $KETTE_VECTORS.
VECTOR_SRC := $(HARNESS) $(sort $(wildcard tests/vectors/*.c))

$(O)/test-vectors: $(call obj,$(VECTOR_SRC)) $(call libs_of,core)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) $(TEST_LIBS) -lm

check-vectors: $(O)/test-vectors
	@$(O)/test-vectors

# Branches of the consensus code that the tests of core take. Assertions are compiled out of this
# build: the branch of one that fails is not there to be taken.
COVERED := $(addprefix core/chain/,rules.c retarget.c merkle.c chain.c view.c weight.c \
           branch.c candidate.c ghost.c order.c locator.c restore.c mempool.c) core/base/u256.c

cover:
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=cover CC=gcc OPT=-O0 \
	 CFLAGS='--coverage -DKETTE_COVERAGE' LDFLAGS=--coverage cover-built

cover-built: $(O)/test-core
	@find $(O) -name '*.gcda' -delete
	@tests/harness/run.sh $(O)/test-core
	@tests/cover/table.sh $(O) $(COVERED)

# make profile SCN=scenarios/bitcoin_day.scn ARGS='-P nodes=600 -P blocks=20' TOOL=perf
SCN ?= scenarios/partition_heal.scn
profile: all
	@tests/bench/profile.sh $(O)/kettensim $(SCN) $(ARGS)

bench: all $(O)/bench
	@$(O)/bench

fuzz: deps
	@tests/fuzz/run.sh

# Scenarios changed by token and databases by value, under the sanitizers.
MUTATIONS ?= 400
mutate: $(O)/test-cli
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=asan OPT=-O1 LTO=0 build/asan/kettensim
	@KETTENSIM=build/asan/kettensim KETTENSIM_MUTATIONS=$(MUTATIONS) TEST_CASE_S=0 \
	 ASAN_OPTIONS=exitcode=86 UBSAN_OPTIONS=exitcode=86 $(O)/test-cli mutate

lint: all
	@tests/lint/lint.sh $(O)

format:
	clang-format -i $(shell git ls-files '*.c' '*.h')

asan:
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=asan OPT=-O1 check-asan

check-asan: $(O)/kettensim $(TEST_BINS)
	@KETTENSIM=$(O)/kettensim tests/harness/run.sh $(TEST_BINS) tests/cli/scenarios.sh

# Manual pages, made by the command from its help; their names are those of the table of commands.
COMMANDS := $(shell sed -n 's/^    {"\([a-z-]*\)", ".*", command_[a-z_]*},$$/\1/p' sim/cli/command_table.c)
MAN1 := kettensim.1 $(patsubst %,kettensim-%.1,$(COMMANDS))
MAN5 := kettensim-scenario.5

man: all
	@mkdir -p build/man
	@rm -f build/man/*
	@for page in $(MAN1) $(MAN5); do \
	 build/kettensim help --man $${page%.*} > build/man/$$page || exit 1; done

# Every file that is installed, as FOLDER:FILES-HERE. What install puts there, uninstall removes.
VIM_FILES := syntax/scn.vim $(patsubst sim/cli/editor/vim/%,%,$(EDITOR_VIM))
VIM_DIRS := $(sort $(patsubst %/,%,$(dir $(VIM_FILES))))
SHARE := $(PREFIX)/share
OWN := $(SHARE)/kettensim
DOC := $(SHARE)/doc/kettensim
# Debian's own packages have another folder.
ZSH_DIR ?= $(SHARE)/zsh/site-functions

# $(call put,MODE,FOLDER,FILES): copies files into a folder.
define put
	install -d $(DESTDIR)$(2)
	install -m $(1) $(3) $(DESTDIR)$(2)

endef
# $(call installed,FOLDER,FILES): their names there.
installed = $(addprefix $(1)/,$(notdir $(2)))

EXAMPLES := $(wildcard scenarios/*.scn)
EXAMPLES_SWEEPS := $(wildcard scenarios/sweeps/*.scn)
NETWORKS := $(wildcard scenarios/include/*)
DOCS := README.md $(filter-out docs/gallery.md,$(wildcard docs/*.md))
LIB_FILES := $(O)/libkettensim.a $(O)/libkettensim.so.$(LIB_MAJOR)

INSTALLED = $(PREFIX)/bin/kettensim $(PREFIX)/include/kettensim.h \
 $(call installed,$(LIBDIR),$(LIB_FILES)) $(LIBDIR)/libkettensim.so $(LIBDIR)/pkgconfig/kettensim.pc \
 $(addprefix $(SHARE)/man/man1/,$(MAN1)) $(addprefix $(SHARE)/man/man5/,$(MAN5)) \
 $(call installed,$(OWN)/scenarios,$(EXAMPLES)) $(call installed,$(OWN)/scenarios/sweeps,$(EXAMPLES_SWEEPS)) \
 $(call installed,$(OWN)/scenarios/include,$(NETWORKS)) $(call installed,$(OWN)/include,$(NETWORKS)) \
 $(call installed,$(DOC),$(DOCS)) $(OWN)/python/kettensim.py $(OWN)/editor/scn.tmLanguage.json $(SHARE)/bash-completion/completions/kettensim \
 $(ZSH_DIR)/_kettensim $(SHARE)/fish/vendor_completions.d/kettensim.fish \
 $(addprefix $(SHARE)/vim/vimfiles/,$(VIM_FILES)) $(addprefix $(SHARE)/nvim/site/,$(VIM_FILES))

install: all lib editor man
	$(call put,755,$(PREFIX)/bin,build/kettensim)
	$(call put,644,$(PREFIX)/include,include/kettensim.h)
	$(call put,644,$(LIBDIR),$(LIB_FILES))
	ln -sf libkettensim.so.$(LIB_MAJOR) $(DESTDIR)$(LIBDIR)/libkettensim.so
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig
	sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR:$(PREFIX)/%=$${prefix}/%)|; s|@VERSION@|$(VERSION)|; s|@PKGS@|$(PKGS)|' \
	 sim/lib/kettensim.pc.in > $(DESTDIR)$(LIBDIR)/pkgconfig/kettensim.pc
	$(call put,644,$(SHARE)/man/man1,$(addprefix build/man/,$(MAN1)))
	$(call put,644,$(SHARE)/man/man5,$(addprefix build/man/,$(MAN5)))
	$(call put,644,$(OWN)/scenarios,$(EXAMPLES))
	$(call put,644,$(OWN)/scenarios/sweeps,$(EXAMPLES_SWEEPS))
	$(call put,644,$(OWN)/scenarios/include,$(NETWORKS))
	$(call put,644,$(OWN)/include,$(NETWORKS))
	$(call put,644,$(DOC),$(DOCS))
	$(call put,644,$(OWN)/python,analysis/python/kettensim.py)
	$(call put,644,$(OWN)/editor,build/editor/scn.tmLanguage.json)
	$(call put,644,$(SHARE)/bash-completion/completions,build/editor/kettensim)
	$(call put,644,$(ZSH_DIR),build/editor/_kettensim)
	$(call put,644,$(SHARE)/fish/vendor_completions.d,build/editor/kettensim.fish)
	$(foreach dir,$(VIM_DIRS),$(foreach top,vim/vimfiles nvim/site,$(call put,644,$(SHARE)/$(top)/$(dir),$(filter build/editor/vim/$(dir)/%,$(addprefix build/editor/vim/,$(VIM_FILES))))))

# Folders that are this program's alone go too, if nothing else is in them.
uninstall:
	rm -f $(addprefix $(DESTDIR),$(INSTALLED))
	@for dir in scenarios/include scenarios/sweeps scenarios include editor python; do \
	 rmdir $(DESTDIR)$(OWN)/$$dir 2>/dev/null || true; done
	@rmdir $(DESTDIR)$(OWN) $(DESTDIR)$(DOC) 2>/dev/null || true

# Debian packages into build/deb/.
deb:
	@$(MAKE) --no-print-directory -j$(JOBS) PREFIX=/usr all lib
	@VERSION=$(VERSION) MAKE='$(MAKE)' .debian/build.sh

# The packages as Debian's tools see them, and in a clean Debian: installed, used, removed.
check-deb:
	@tests/package/run.sh

clean:
	rm -rf build out

help:
	@echo 'make run        set up, build, run scenarios/partition_heal.scn'
	@echo 'make check      set up, build, lint, run every test and scenario'
	@echo 'make check-portable  the same bits from gcc, clang and aarch64 under qemu'
	@echo 'make check-slurm  sweeps as job arrays on a Slurm of its own (as root)'
	@echo 'make check-web  the HTML report in Debian'\''s Chromium'
	@echo 'make check-editor  the language server and the syntax files in Debian'\''s Neovim'
	@echo 'make editor     syntax files and completions into build/editor'
	@echo 'make check-fluid  shares of bandwidth, against a solver in fractions'
	@echo 'make check-live live runs beside simulations (as root); make fidelity, make soak, make hostile'
	@echo 'make validate   published set-ups and closed forms: docs/validation.md'
	@echo 'make gallery    pictures of docs/gallery.md'
	@echo 'make mutants    plant bugs one at a time; a scenario must catch each'
	@echo 'make check-explore    search for faults from each base; make explore-mutants  what a search finds'
	@echo 'make check-vectors  published cases of ../shared/vectors or $$KETTE_VECTORS'
	@echo 'make            build build/kettensim (CC=, OPT=, CFLAGS=, BUILD=name, DEVELOPER=1, LTO=0)'
	@echo 'make deps       install what is missing through apt-get (DEPS=no: only say so)'
	@echo 'make lint       layers, banned calls, writable data'
	@echo 'make format     clang-format in place'
	@echo 'make asan       every test under the address and undefined-behaviour sanitizers'
	@echo 'make mutate     change scenarios by token and databases by value, MUTATIONS=400 (asan, ubsan)'
	@echo 'make fuzz       fuzz codec, node, language and policies, FUZZ_SECONDS=60 each'
	@echo 'make cover      branches of the consensus code that tests take (gcc, gcov)'
	@echo 'make profile SCN=FILE  where a run spends its instructions (callgrind, or TOOL=perf)'
	@echo 'make bench      measure: engine, runs a second, where a run spends its time'
	@echo 'make bench-analysis  queries and the report on 50 million messages (SCALE="NODES HEIGHTS TXS MESSAGES")'
	@echo 'make install    command, library, manual pages, examples: PREFIX=/usr/local LIBDIR= DESTDIR='
	@echo 'make uninstall  remove what make install put there, by the same PREFIX and DESTDIR'
	@echo 'make man        manual pages into build/man'
	@echo 'make deb        Debian packages into build/deb'
	@echo 'make check-deb  the packages: lintian, and a clean Debian that installs and removes them (as root)'
	@echo 'make clean      remove build and out'

-include $(shell find $(O) -type f -name '*.d' 2>/dev/null)
