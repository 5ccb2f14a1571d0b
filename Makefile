# The entry points. `make` alone prints them: a target is listed by the `##` behind its name.

# swift is found on PATH, else where its archive is commonly unpacked.
export PATH := $(PATH):/opt/swift/usr/bin
SHELL := /bin/bash
# make itself sets AS, to the assembler; that is nobody's account.
ifeq ($(origin AS),default)
  AS := beheer
endif
# What a refusal tells to run again as root.
export POLDER_TARGET ?= $(or $(firstword $(MAKECMDGOALS)),demo)

PLUGIN := .build/plugins/job_submit_polder.so
PLUGIN_FILES := $(wildcard Sources/Plugins/job_submit_polder/*.[ch])

.NOTPARALLEL:
.PHONY: help setup build plugin demo stop shell test lint format bench mutants soak ci fresh need-root

help:
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

demo: need-root setup build plugin ## start a private Slurm and Postgres, run real jobs to their charges, check them
	@deploy/demo/demo

# Told before the build, not after it.
need-root:
	@deploy/site/site need-root

stop: ## end the demo's machine and delete its state
	@deploy/site/site wipe

shell: ## a shell inside the demo's machine; make shell AS=anouk
	@POLDER_TARGET="shell AS=$(AS)" deploy/site/site shell $(AS)

test: ## all tests; those on real servers need root and a site of their own, made and unmade here
	@deploy/site/site setup $$([ $$(id -u) = 0 ] || echo build)
	@$(MAKE) --no-print-directory build plugin
	@deploy/test

bench: ## speed of planner, store (beside pgbench) and bridge (beside a bare Slurm); writes docs/benchmarks*.md
	@deploy/site/site setup build
	@$(MAKE) --no-print-directory plugin
	@for product in polder-planning-bench polder-bench polder polderd polder-bridge; do \
	  swift build -c release --product $$product || exit 1; done
	@deploy/bench-planning
	@deploy/bench
	@deploy/bench-bridge

lint: ## style of Swift and of the scripts
	@deploy/lint

format: ## lay out the Swift sources
	@swift format --in-place --parallel --recursive Sources Tests Package.swift

build: ## the one debug build that demo and tests run
	@swift build --build-tests

plugin: $(if $(PLUGIN_FILES),$(PLUGIN)) ## the Slurm plugin, against the installed headers of Slurm

# A plugin of another release is fatal to slurmctld: it is built again when the headers change.
$(PLUGIN): $(PLUGIN_FILES) $(wildcard /usr/include/slurm/slurm_version.h) Makefile
	@mkdir -p $(@D)
	cc -std=gnu17 -O2 -g -fPIC -shared -Wall -Wextra -Werror \
	  -o $@.new $(filter %.c,$(PLUGIN_FILES)) && mv $@.new $@

setup: ## bring the packages; asks for root when some are missing
	@deploy/site/site setup

ci: ## lint, tests, demo twice: what must pass before a change lands
	@deploy/ci

mutants: ## seed defects into ledger and settlement: each must make a test fail
	@deploy/mutants

soak: ## streams of jobs while parts of the site are killed: SEEDS=2; adds to docs/soak.md
	@deploy/site/site setup
	@$(MAKE) --no-print-directory build plugin
	@deploy/soak

fresh: ## demo and tests on a Debian that has nothing of ours yet, in a folder (by hand; root)
	@deploy/fresh
