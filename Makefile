# BEE's commands for people. `make run` and `make test` are all that a newcomer needs.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
CLIENTS := tests/clients/.venv
# A process a core, each with a server of its own; what is in one file stays together.
PYTEST := $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile
OLDEST := /usr/lib/postgresql/15/bin/postgres

# An environment whose Python went away is made again.
$(shell $(BIN)/python -c '' 2>/dev/null || rm -f $(VENV)/installed $(VENV)/meaning $(VENV)/tested)

.PHONY: help setup meaning run down test test-oldest lint format schema bench image clean

help: ## What there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(VENV)/installed ## Make the environment in .venv

meaning: $(VENV)/meaning ## Add the model that compares memories by their meaning here

run: $(VENV)/installed ## Start everything; Ctrl-C stops it
	@exec $(BIN)/python -m bee up

down: ## Stop what runs
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m bee down; else echo "Nothing is installed here."; fi

test: lint $(CLIENTS)/installed ## Every check: format, lint, types, imports, tests
	$(PYTEST)
	@$(MAKE) --no-print-directory test-oldest

test-oldest: $(VENV)/tested ## What talks to the database, on PostgreSQL 15
	@if [ -x $(OLDEST) ]; then $(PYTEST) --oldest; \
	elif [ -n "$$BEE_TEST_STRICT" ]; then echo "PostgreSQL 15 is missing, and a strict run has to have it" >&2; exit 1; \
	else echo "SKIPPED the tests on PostgreSQL 15: it is not installed here"; fi

lint: $(VENV)/tested ## Format, lint, types and import rules
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m ruff check
	$(BIN)/python -m mypy
	$(BIN)/python $(BIN)/lint-imports

format: $(VENV)/tested ## Put the sources into shape
	$(BIN)/python -m ruff format
	$(BIN)/python -m ruff check --fix

schema: $(VENV)/installed ## Write sql/schema.sql from the migrations
	@home=$$(mktemp -d) && trap 'BEE_HOME=$$home $(BIN)/python -m bee down >/dev/null; rm -rf "$$home"' EXIT \
	&& DATABASE_URL= BEE_HOME=$$home $(BIN)/python -m bee migrate --schema-to sql/schema.sql

bench: $(VENV)/tested ## Measure each figure beside its floor
	$(BIN)/python -m bench

image: ## Build the container image
	docker build --tag bee .

clean: ## Remove the environment and caches; data stays
	rm -rf $(VENV) $(CLIENTS) .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/installed: requirements.txt .ci/setup
	@.ci/setup requirements.txt $@

$(VENV)/meaning: $(VENV)/installed requirements-meaning.txt
	@.ci/setup requirements-meaning.txt $@

$(VENV)/tested: $(VENV)/installed tests/requirements.txt requirements-meaning.txt
	@.ci/setup tests/requirements.txt $@

# Supabase's Python client needs an older websockets than the dashboard does.
$(CLIENTS)/installed: tests/clients/requirements.txt .ci/setup
	@.ci/setup tests/clients/requirements.txt $@
