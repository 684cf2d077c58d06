# Everything a developer needs. `make` alone lists it.
# PYTHON=... chooses the interpreter, WORKERS=... the number of parallel test processes,
# TESTS=... what `make test` runs.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lock clean

bin := .venv/bin
WORKERS ?= auto
# Sorted by cost, so that a cheap failure shows first.
TESTS ?= $(wildcard tests/unit tests/contract tests/integration tests/faults tests/acceptance)
sources := src tests examples $(wildcard benchmarks)

export PYTHON
# Without bytecode each of the hundreds of commands that the tests start compiles Tasktrail anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Set up .venv (every other target does it when needed)
	@scripts/setup

demo: setup ## Release a small web application as recorded tasks, and show the record
	@$(bin)/python examples/demo

test: setup ## Run all tests
	@$(bin)/pytest -n $(WORKERS) --dist worksteal $(TESTS)

check: setup ## Check format, lint, types and import contracts
	@$(bin)/ruff format --check --quiet $(sources)
	@$(bin)/ruff check --quiet $(sources)
	@$(bin)/basedpyright src tests examples/*.py examples/demo $(wildcard benchmarks)
	@$(bin)/lint-imports --no-cache --no-logo
	@echo "All checks passed."

format: setup ## Format the code, and fix what the linter can fix
	@$(bin)/ruff format $(sources)
	@$(bin)/ruff check --fix $(sources)

lock: ## Write requirements/*.txt anew from pyproject.toml
	@scripts/lock

clean: ## Remove .venv, the demo's directory and all caches
	@rm -rf .venv .demo build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Clean."
