# Everything runs from here with `make <target>`; `make` alone lists the targets.

PYTHON ?= python3
CATALOGUE ?= demo
# Test processes: the machine's cores, two at the most.
JOBS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); [ "$$cores" -lt 2 ] && echo "$$cores" || echo 2)

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo run test test-browser test-services chaos chaos-short chaos-can-fail lint bench-accept bench-catalogue bench-search bench-growth bench-routing bench-isolation bench-latency bench-identity bench-pools lock clean-state

BIN := .venv/bin
# A stamp is named after the contents of its list: it is due again when they change, whatever the dates say.
checksum = $(word 1,$(shell cksum < $(1)))
RUNTIME := .venv/.runtime-$(call checksum,requirements.txt)
TOOLS := .venv/.tools-$(call checksum,requirements-dev.txt)
# What the benchmarks compare with has an environment of its own, with our runtime in it.
PEERS_BIN := .venv/peers/bin
PEERS := .venv/.peers-$(shell cat requirements.txt benchmarks/peers/requirements.txt | cksum | cut -d ' ' -f 1)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

demo run: export CATALOGUE := $(CATALOGUE)

demo: $(RUNTIME) ## show the whole system at work (CATALOGUE=<services.csv> for another catalogue)
	@$(BIN)/python manage.py demo

run: $(RUNTIME) ## run the whole system on this machine until Ctrl-C (CATALOGUE as for demo)
	@$(BIN)/python manage.py run

test: $(TOOLS) ## run all tests that need no browser and no chaos
	@$(BIN)/python -m pytest -m "not browser and not chaos" -n $(JOBS) --dist loadgroup; code=$$?; \
	left=$$($(BIN)/python -m pytest --collect-only -q -m browser 2>/dev/null | grep -c '::'); \
	echo "$$left tests are marked browser: make test-browser runs them"; \
	echo "those marked chaos take minutes: make chaos-can-fail runs them"; \
	exit $$code

test-browser: $(TOOLS) ## run the tests that drive a Chromium (installs Debian's when run as root)
	@command -v chromium >/dev/null || if [ "$$(id -u)" = 0 ]; then \
		echo "Installing chromium ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else \
		echo "No chromium here. Run: sudo apt-get install -y chromium" >&2; exit 1; \
	fi
	@$(BIN)/python -m pytest -m browser

test-services: $(TOOLS) ## run all tests on the servers of DATABASE_URL, CELERY_BROKER_URL and CACHE_URL
	@if [ -z "$$DATABASE_URL" ] || [ -z "$$CELERY_BROKER_URL" ] || [ -z "$$CACHE_URL" ]; then \
		echo "test-services needs DATABASE_URL, CELERY_BROKER_URL and CACHE_URL, all three." >&2; exit 1; \
	fi
	@$(BIN)/python -m pytest -m "not browser and not chaos" -n $(JOBS) --dist loadgroup

lint: $(TOOLS) ## check style, types, imports, migrations, settings and the API's schema
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m mypy .
	@$(BIN)/lint-imports
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python -m superapp.embedded.production_example manage.py check --deploy --fail-level WARNING
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null

# Chaos empties the system it runs on, so it has one of its own.
CHAOS = SUPERAPP_STATE=var/chaos $(BIN)/python manage.py chaos $(if $(SEED),--seed $(SEED))

chaos: $(RUNTIME) ## kill everything again and again under 3,000 requests, and count what was lost (SEED=<an earlier run's>)
	@$(CHAOS)

chaos-short: $(RUNTIME) ## the same in about two minutes
	@$(CHAOS) --short

chaos-can-fail: $(TOOLS) ## break the lease, the sending mark and the key on purpose, and see chaos find it
	@$(BIN)/python -m pytest -m chaos

bench-accept: $(RUNTIME) ## accepted requests per second, beside a bare view with two INSERTs
	@$(BIN)/python -m benchmarks.accept

bench-catalogue: $(RUNTIME) ## the catalogue beside a bare view, and the search beside ILIKE (REAL_LIST=<services.csv>)
	@$(BIN)/python -m benchmarks.catalogue $(if $(REAL_LIST),--real-list $(REAL_LIST))

bench-search: $(RUNTIME) ## how often the search finds what everyday queries mean
	@$(BIN)/python -m benchmarks.search_quality

bench-growth: $(RUNTIME) ## the hot paths with up to five million requests of history
	@$(BIN)/python -m benchmarks.growth

bench-routing: $(PEERS) ## delivered requests per second, beside DBOS, Procrastinate and plain Celery
	@$(PEERS_BIN)/python -m benchmarks.routing

bench-isolation: $(RUNTIME) ## what agencies that hang cost the others
	@$(BIN)/python -m benchmarks.isolation

bench-latency: $(RUNTIME) ## how long from the 202 to the agency
	@$(BIN)/python -m benchmarks.latency

bench-identity: $(RUNTIME) ## what a call's token costs, and sign-ins per second at each kind of digital ID
	@$(BIN)/python -m benchmarks.identity

bench-pools: $(PEERS) ## delivered requests per second with each kind of Celery worker pool
	@$(PEERS_BIN)/python -m benchmarks.pools

lock: $(TOOLS) ## pin all requirements anew, by hash
	@PATH="$(BIN):$$PATH"; for list in requirements requirements-dev benchmarks/peers/requirements; do \
		echo "Locking $$list.txt ..."; \
		uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-annotate \
			--custom-compile-command "make lock" $$list.in -o $$list.txt || exit 1; \
	done

clean-state: $(RUNTIME) ## throw away every local system's data below var/
	@$(BIN)/python -m superapp.embedded.clean

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1)." \
			"Name another one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Making .venv ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(RUNTIME): | $(BIN)/python
	@echo "Installing requirements.txt into .venv ..."
	@$(INSTALL) -r requirements.txt
	@rm -f .venv/.runtime-* && touch $@

$(TOOLS): $(RUNTIME)
	@echo "Installing requirements-dev.txt into .venv ..."
	@$(INSTALL) -r requirements-dev.txt
	@rm -f .venv/.tools-* && touch $@

$(PEERS): | $(BIN)/python
	@echo "Installing what the benchmarks compare with into .venv/peers ..."
	@test -x $(PEERS_BIN)/python || $(BIN)/python -m venv .venv/peers
	@$(PEERS_BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.txt -r benchmarks/peers/requirements.txt
	@rm -f .venv/.peers-* && touch $@
