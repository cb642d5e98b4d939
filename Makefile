# Each target does all of its own set-up on a fresh Debian 12 or 13 with git, make, Python 3.11 and root,
# and does it once: a second run starts at once.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
# uv only writes the lock file; what runs comes in through pip, with the configuration this machine gave it.
UV_VERSION := 0.13.9

# Ansible refuses to start in a locale that is not UTF-8, and a minimal Debian has none.
export LC_ALL := C.UTF-8
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PYTHON
# Where a machine keeps nothing of what Python compiles, each start of ddconsul and of Ansible compiles it anew.
unexport PYTHONDONTWRITEBYTECODE

# Named after what is in it, so a switch of branch does not reinstall the same, and a changed lock is noticed.
READY := $(VENV)/ready-$(shell cat requirements.lock pyproject.toml | sha256sum | cut -c1-16)

# The longest first: at the end, many short files keep both processors busy.
SUITES := $(wildcard tests/e2e tests/molecule tests/unit)
PYTEST := pytest --color=auto
# Two files of tests at a time, in that order; a file's own tests build on each other.
SIDE_BY_SIDE := --numprocesses=2 --dist=loadfile --no-loadscope-reorder
LINTERS := lint-python lint-types lint-ansible lint-yaml lint-shell lint-ruby

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(READY) ## A running demo site, with a URL to open
	@ddconsul demo up

.PHONY: test
test: $(READY) lint ## All checks and all tests, except those that need Consul's own source
	$(PYTEST) $(SIDE_BY_SIDE) -m 'not real' $(SUITES)

.PHONY: test-real
test-real: $(READY) ## The same against Consul itself: DDCONSUL_E2E_SOURCE=... DDCONSUL_E2E_GEMS=...
	$(PYTEST) -m real $(SUITES)

.PHONY: test-kills
test-kills: $(READY) ## Twenty deploys cut off at random moments; Consul itself too when DDCONSUL_E2E_* name it
	DDCONSUL_KILLS=$${DDCONSUL_KILLS:-20} $(PYTEST) -s tests/e2e/test_kills.py

.PHONY: bench
bench: $(READY) ## Measure a deploy, step by step; tables in docs/benchmarks
	python scripts/bench

.PHONY: lint
lint: $(READY) ## Every linter, side by side
	@$(MAKE) --jobs=2 --keep-going --output-sync=target $(LINTERS)

.PHONY: $(LINTERS)
lint-python:
	@ruff check --quiet . && ruff format --quiet --check . && echo "ruff: in order"
lint-types:
	@mypy
lint-ansible:
	@ansible-lint --offline --strict --nocolor --format pep8 2>&1 && echo "ansible-lint: in order"
lint-yaml:
	@yamllint --strict . && echo "yamllint: in order"
lint-shell:
	@git grep --cached -lIE '^#!.*\b(ba|da)?sh\b' -- ':!*.j2' | xargs -r shellcheck && echo "shellcheck: in order"
lint-ruby:
	@rubocop --format quiet && echo "rubocop: in order"

.PHONY: lock
lock: ## Write the lock files anew from pyproject.toml
	scripts/lock $(UV_VERSION)

.PHONY: clean
clean: ## Remove what make made here: demos, test containers, images, .venv and caches
	@scripts/clean

# --- set-up -----------------------------------------------------------------------------------------------

# A target's own value reaches the targets that it needs, so all that it lacks comes in one apt-get. Of what a target
# needs, the set-up comes first: a lint that came before it would bring in its own, smaller set.
PACKAGES := demo
lint test-kills: PACKAGES := demo test
test test-real bench: PACKAGES := demo test browser

.PHONY: system
system:
	@scripts/system-packages $(PACKAGES)

# --no-compile: Ansible's collections are many thousand files, of which a run reads a few.
$(READY): | system
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11; name a newer one: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(VENV)/bin/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@rm -f $(VENV)/ready-*
	@echo "Installing Python packages into $(VENV)"
	@pip install --quiet --disable-pip-version-check --no-compile --require-hashes --requirement requirements.lock
	@pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
