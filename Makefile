# Everything that people and CI run. `make` alone lists it.

# debug builds quickly; release runs fast. `make demo CONFIGURATION=release`
CONFIGURATION ?= debug
# How releases are built: the Swift runtime inside of the executable, and every module optimised with what it uses.
# Together they save a quarter of the gateway's processor time; see docs/PERFORMANCE.md.
RELEASE := -c release -Xswiftc -cross-module-optimization $(if $(filter Linux,$(shell uname)),--static-swift-stdlib)
BUILD := $(if $(filter release,$(CONFIGURATION)),$(RELEASE),-c $(CONFIGURATION))
# Passed on to what is run: `make demo ARGUMENTS="--listen 127.0.0.1:9000"`
ARGUMENTS ?=

# Where the benchmarks are built.
BENCH_BUILD ?= .build

.PHONY: help demo build test soundness format bench clean
.DEFAULT_GOAL := help

help: ## Lists what can be made
	@echo "make TARGET, where TARGET is one of:"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do \
	  printf '  %-10s %s\n' "$$name" "$$what"; done

demo: ## Builds `once` and runs the payments demo; open the address that it prints
	@echo "==> Building once ($(CONFIGURATION)); the first build takes some minutes"
	@scripts/packages.sh build
	@swift build $(BUILD) --product once
	@echo "==> Running the demo; Control-C stops it"
	@exec .build/$(CONFIGURATION)/once demo $(ARGUMENTS)

build: ## Builds the libraries, the executable and the tests
	@echo "==> Building everything ($(CONFIGURATION))"
	@scripts/packages.sh build
	@swift build $(BUILD) $(if $(filter debug,$(CONFIGURATION)),--build-tests)

test: ## Runs every test: sources, unit, examples, black box, crash; at most 25 minutes
	@scripts/test.sh

soundness: ## Checks the sources: format, layers, lengths, words, documentation, links
	@echo "==> Checking the sources"
	@scripts/packages.sh build soundness
	@swift build
	@scripts/soundness.sh

format: ## Formats the sources in place
	@echo "==> Formatting"
	@find $(wildcard Sources Tests Examples Benchmarks Fuzz) -name .build -prune -o -name '*.swift' -print0 | \
	  xargs -0 swift format --in-place --parallel --configuration .swift-format
	@find $(wildcard Sources Tests Examples Benchmarks Fuzz) -name .build -prune -o -name '*.swift' -print0 | \
	  xargs -0 scripts/wrap-comments.py

bench: ## Measures; prints medians and ratios
	@echo "==> Measuring (release build first)"
	@test -f Benchmarks/Package.swift || { echo "there is no package in Benchmarks/"; exit 1; }
	@scripts/packages.sh build bench
	@swift build $(RELEASE) --package-path Benchmarks --scratch-path $(BENCH_BUILD)
	@$(BENCH_BUILD)/release/Benchmarks $(ARGUMENTS)

clean: ## Removes what was built
	@echo "==> Removing .build"
	@rm -rf .build $(wildcard Examples/*/.build Benchmarks/.build)
