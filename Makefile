# `make lab` and `make test` are all that a learner needs; `make help` lists the rest.
.DEFAULT_GOAL := help
# Bytecode is written once, at install: without it every import takes twice as long.
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= python3
WORKSHOP := .venv/bin/python -m workshop

.PHONY: help
help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 16

.PHONY: lab
lab: setup ## Start the sandbox and JupyterLab (ARGS=--no-browser on a headless machine)
	@$(WORKSHOP) lab $(ARGS)

.PHONY: setup
setup: ## Build .venv from requirements.lock, or leave it alone if it is current
	@$(PYTHON) workshop/install.py

.PHONY: setup-tests
setup-tests: ## The same, with what only the tests need
	@$(PYTHON) workshop/install.py --tests

.PHONY: test
test: setup-tests ## Lint, types, the author's gate and all tests
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@$(WORKSHOP) gate --quick
	@.venv/bin/pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: gate
gate: setup ## The author's gate alone: patches, checkpoints, notebooks, README
	@$(WORKSHOP) gate

.PHONY: walk
walk: setup ## Rehearse the whole workshop unattended, in a scratch copy
	@$(WORKSHOP) walk

.PHONY: compose-test
compose-test: setup ## Run docker-compose.yml with a container engine, and see what arrives
	@.venv/bin/python -m deploy.compose_test

.PHONY: pictures
pictures: setup-tests ## Take docs/pages-*.png of the sandbox anew (ARGS=FOLDER: every page)
	@.venv/bin/python -m docs.screenshots $(ARGS)

.PHONY: bench
bench: setup ## Measure what observing costs, and how fast the sandbox is (ARGS=--quick)
	@$(WORKSHOP) bench $(ARGS)

.PHONY: format
format: setup-tests ## Format the code
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

.PHONY: lock
lock: setup ## Write requirements.lock anew from pyproject.toml
	@$(WORKSHOP) lock
