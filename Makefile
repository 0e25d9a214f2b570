# Two commands do everything on a fresh machine: `make report` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST_ARGS ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

.PHONY: dev
dev: $(STAMP) ## Make the virtual environment (.venv) with everything a developer needs

.PHONY: report
report: $(STAMP) ## Analyse samples/ with the built-in thresholds and write report/
	$(BIN)/perfreport analyze samples/ecommerce -o report || [ $$? -le 3 ]

.PHONY: test
test: $(STAMP) ## Run the tests (make test K=hikari runs those that match)
	$(BIN)/python -m pytest -n auto $(if $(K),-k '$(K)') $(PYTEST_ARGS)

.PHONY: format
format: $(STAMP) ## Format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: lint
lint: $(STAMP) ## Format check, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: check
check: lint test ## Everything CI runs: format, lint, types, import contract, tests

.PHONY: golden
golden: $(STAMP) ## Rewrite the golden reports, then show what moved
	PERFREPORT_GOLDEN=rewrite $(BIN)/python -m pytest -q tests/golden
	git diff --stat -- tests/golden

.PHONY: clean
clean: ## Remove everything that is generated
	rm -rf $(VENV) report dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
