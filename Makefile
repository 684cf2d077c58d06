# Everything a developer needs. `make` alone lists it.
# PYTHON=... chooses the interpreter, WORKERS=... the number of parallel test processes,
# TESTS=... what `make test` runs. ROUNDS=..., TASKS=... and PEERS=... say how long the benchmarks take
# and who takes part; HISTORY=1000000 adds a long history to the one of throughput,
# SIZE=... is the large log of bench-logs in MiB. COUNT=... tasks,
# KILLS=..., FAULTS=... and SEED=... are for the chaos, ENGINES=... and BEHAVIOUR=... for the conformance.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-cluster conformance simulate check format lock clean
.PHONY: chaos chaos-walk chaos-cluster campaign-stop campaign-logs campaign-size fuzz fuzz-api
.PHONY: record-histories
.PHONY: bench-throughput bench-latency bench-processes bench-start bench-graph bench-logs bench-lists
.PHONY: bench-followers bench-api bench-browser bench-cluster
.PHONY: check-deploy
.PHONY: web web-check web-browser wheel web-types screenshots

bin := .venv/bin
WORKERS ?= auto
FIRST ?= 0
COUNT ?= 20000
# Sorted by cost, so that a cheap failure shows first.
TESTS ?= $(wildcard tests/unit tests/contract tests/simulation tests/integration tests/conformance tests/faults \
	tests/acceptance)
sources := src tests examples $(wildcard benchmarks campaigns)

export PYTHON
# Without bytecode each of the hundreds of commands that the tests start compiles Tasktrail anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Set up .venv (every other target does it when needed)
	@scripts/setup

demo: setup ## Release a small web application as recorded tasks, and leave the dashboard open; ONCE=1 ends
	@scripts/web build || echo "The dashboard cannot be built here; the demo goes on without it."
	@$(bin)/python examples/demo $(if $(ONCE),--once)

test: setup ## Run all tests but those of test-cluster
	@$(bin)/pytest -n $(WORKERS) --dist worksteal $(TESTS)

test-cluster: setup ## Run the tests that start Temporal, PostgreSQL, control processes and workers
	@$(bin)/pytest -n $(WORKERS) --dist worksteal tests/temporal

conformance: setup ## Play every behaviour of docs/conformance.md on every engine, or ENGINES=embedded
	@PYTHONPATH=tests $(bin)/python -m conformance

simulate: setup ## Play COUNT=20000 seeded schedules of the engine from FIRST=0, or one with SEED=...
	@PYTHONPATH=tests $(bin)/python -m simulation $(if $(SEED),--seed $(SEED)) \
		--first $(FIRST) --count $(COUNT)

chaos: setup ## Break a working engine in every way, and count what comes to harm
	@PYTHONPATH=tests $(bin)/python campaigns/chaos

chaos-walk: setup ## Kill an engine at every time that it reaches any failpoint
	@PYTHONPATH=tests $(bin)/python campaigns/chaos/walk.py

chaos-cluster: setup ## Break a cluster in every way, and count what comes to harm; FAULTS=200
	@PYTHONPATH=tests:campaigns/chaos $(bin)/python campaigns/cluster

campaign-stop: setup ## Stop COUNT=1000 nasty process trees, and count what goes on
	@$(bin)/python campaigns/stop

campaign-logs: setup ## Kill what writes, keeps and sends logs, COUNT=200 times, and look for what is lost
	@PYTHONPATH=tests:campaigns/chaos $(bin)/python campaigns/logs

campaign-size: setup ## Have a step write a line of SIZE=1073741824 bytes, and other floods, in little memory
	@SIZE=$(or $(SIZE),1073741824) $(bin)/pytest -rP -o console_output_style=classic \
		--timeout 600 tests/acceptance/test_hostile_output.py

record-histories: setup ## Record what workflows do today, for later versions to replay
	@PYTHONPATH=tests $(bin)/python -m temporal.record tests/temporal/histories

fuzz: setup ## Throw COUNT=1000000 random inputs at each part that reads bytes from outside
	@$(bin)/python campaigns/fuzz

fuzz-api: setup ## Ask COUNT=20000 generated requests of the REST API, as everybody
	@PYTHONPATH=tests $(bin)/python campaigns/api

check: setup ## Check format, lint, types and import contracts
	@$(bin)/ruff format --check --quiet $(sources)
	@$(bin)/ruff check --quiet $(sources)
	@$(bin)/basedpyright src tests examples/*.py examples/demo $(wildcard benchmarks campaigns)
	@$(bin)/lint-imports --no-cache --no-logo
	@echo "All checks passed."

format: setup ## Format the code, and fix what the linter can fix
	@$(bin)/ruff format $(sources)
	@$(bin)/ruff check --fix $(sources)

bench-throughput: setup ## P1: recorded tasks per second, beside other systems
	@$(bin)/python -m benchmarks.throughput

bench-latency: setup ## P2: from submitting a task to its first step
	@$(bin)/python -m benchmarks.latency

bench-processes: setup ## P3: tasks per second that start a process
	@$(bin)/python -m benchmarks.processes

bench-start: setup ## P8: start of the server, and its memory when idle
	@$(bin)/python -m benchmarks.start

bench-graph: setup ## P10: a task of many jobs, and many tasks that wait for one lock
	@$(bin)/python -m benchmarks.graph

bench-logs: setup ## P4, P5, P7: capturing, reading, following and searching step logs
	@PYTHONPATH=tests $(bin)/python -m benchmarks.logs

bench-followers: setup ## P7: followers of live logs over HTTP; SECONDS=10 a turn
	@$(bin)/python -m benchmarks.followers

bench-api: setup ## Requests per second of the API, beside bare FastAPI
	@$(bin)/python -m benchmarks.api

bench-cluster: setup ## P9: the Temporal engine beside bare Temporal, and what more workers bring
	@$(bin)/python -m benchmarks.cluster

bench-lists: setup ## P6: any page of any filter of a list of TASKS=1000000 tasks
	@$(bin)/python -m benchmarks.lists

bench-browser: setup ## The dashboard in a browser; MINUTES=30 of a live task, LINES=5000000, JOBS=500
	@scripts/web build
	@$(bin)/python -m benchmarks.browser

web: setup ## Build the dashboard, which `tasktrail up` then serves
	@scripts/web build

web-check: setup ## Check the dashboard: types, lint, format, unit tests
	@scripts/web check
	@scripts/web test

web-browser: setup ## Test the dashboard in a browser: needs Chromium on the path
	@scripts/web build
	@$(bin)/pytest -n $(WORKERS) --dist loadfile tests/browser

wheel: setup ## Build the wheel into dist, and see that what it installs serves the dashboard without Node
	@scripts/web build
	@rm -f dist/*.whl
	@$(bin)/python -m hatchling build -t wheel -d dist
	@$(bin)/pytest --timeout 600 tests/wheel

screenshots: setup ## Take pictures of the dashboard into docs/images/dashboard
	@scripts/web build
	@PYTHONPATH=tests $(bin)/python -m browser.screenshots docs/images/dashboard

web-types: setup ## Write the types of the API anew for the dashboard
	@mkdir -p build
	@$(bin)/python scripts/openapi.py build/openapi.json
	@scripts/web types
	@cksum build/openapi.json | cut -d' ' -f1,2 >web/src/api/schema.cksum

check-deploy: setup ## Check the manifests in deploy/ with linters of Compose, Kubernetes and Docker
	@scripts/check-deploy

lock: ## Write requirements/*.txt anew from pyproject.toml
	@scripts/lock

clean: ## Remove .venv, what the demo and the benchmarks made, and all caches
	@rm -rf .venv .demo .bench build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Clean."
