# Everything here works on a fresh Debian 12 or 13, as root; `make` alone says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SHELLFLAGS := -eu -c

CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/campanile
export CARGO_TARGET_DIR := $(CACHE)/target
# two builds in a row of one tree should not depend on what the compiler kept of the first
export CARGO_INCREMENTAL := 0
CARGO := tests/machine/cargo
SHELL_SCRIPTS := $(shell git ls-files --cached --others --exclude-standard .ci manifests tests | xargs grep -lE '^\#!/bin/(ba)?sh' 2>/dev/null)

.PHONY: help
help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: machine
machine:
	@tests/machine/packages
	@tests/machine/engine
	@manifests/images/build

.PHONY: test-packages
test-packages:
	@tests/machine/packages tests

.PHONY: demo
demo: machine ## a daemon that keeps 34 bodies' sites, zones and certificates on this machine, on 127.0.0.1:8443 and 5300; again: changes nothing
	@$(CARGO) build --quiet --release --locked -p campanile
	@manifests/demo "$(CARGO_TARGET_DIR)/release/campanile"

.PHONY: demo-clean
demo-clean: ## end the demo's daemon, authority and name server and remove all that they made
	@manifests/demo-clean

.PHONY: test
test: test-packages machine lint ## all tests, against the real engine
	$(CARGO) test --workspace --locked

.PHONY: bench
bench: test-packages machine ## measure; the figures are in docs/benchmarks.md
	$(CARGO) bench --workspace --locked

# Each tool looks where it is installed; what is not gets one sentence.
.PHONY: lint
lint: ## format, clippy, shellcheck, licences and advisories
	@if $(CARGO) fmt --version >/dev/null 2>&1; then $(CARGO) fmt --all --check; \
	else echo "lint: rustfmt is not installed, the format was not checked"; fi
	@if $(CARGO) clippy --version >/dev/null 2>&1; then $(CARGO) clippy --quiet --workspace --all-targets --locked -- -D warnings; \
	else echo "lint: clippy is not installed, its lints were not checked"; fi
	@if command -v shellcheck >/dev/null; then shellcheck $(SHELL_SCRIPTS); \
	else echo "lint: shellcheck is not installed, the scripts were not checked"; fi
	@if ! $(CARGO) deny --version >/dev/null 2>&1; then \
	  echo "lint: cargo-deny is not installed, licences and advisories were not checked"; \
	elif $(CARGO) deny fetch db >/dev/null 2>&1; then $(CARGO) deny --log-level warn check; \
	else $(CARGO) deny --log-level warn check bans licenses sources; \
	  echo "lint: the advisory database cannot be reached, advisories were not checked"; fi
