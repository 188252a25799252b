# `make help` lists the targets. Everything runs from a clean clone; nothing asks a question.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CODE := citations probes verifier

$(VENV)/base: pyproject.toml
	@test -x $(BIN)/python || { echo "making a virtual environment in $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "installing factprobe with its development tools (a minute on a cold cache)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(VENV)/full: $(VENV)/base
	@echo "installing the local model engine; llama.cpp compiles for about six minutes the first time"
	@.ci/heartbeat "llama.cpp is still compiling" \
	    $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,all]'
	@touch $@

.PHONY: help demo test lint fix docs gate bench soak probes wheel check clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

demo: $(VENV)/full ## ask a real local model for references, check them, then scan a paper
	@$(BIN)/python examples/demo.py

test: $(VENV)/base ## the tests (missing parts are skipped with one line); at most ten minutes
	@$(BIN)/python -m pytest -q -n auto tests --ignore=tests/gate --ignore=tests/benchmarks

lint: $(VENV)/base ## ruff and mypy --strict
	@$(BIN)/ruff check --no-cache . && $(BIN)/ruff format --no-cache --check . && $(BIN)/mypy && $(BIN)/mypy tests/typing/api.py

fix: $(VENV)/base ## let ruff repair and format what it can
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

docs: $(VENV)/base ## write the generated blocks of README and docs anew
	@$(BIN)/python -m tests.docs.generate && $(BIN)/python -m tests.docs.probe_figures

gate: $(VENV)/base ## quality floors on samples of the shared data: false alarms first
	@$(BIN)/python -m pytest -q tests/gate

bench: $(VENV)/base ## measure quality, speed and memory on all of the shared data (long)
	@$(BIN)/python -m tests.benchmarks

soak: $(VENV)/base ## long runs: killed scans, resumed scans (long)
	@$(BIN)/python -m pytest -q -m soak tests

models: $(VENV)/base ## get the larger model that a probe is shipped for, 1.1 GB (MODELS=folder)
	@$(BIN)/python examples/fetch_qwen.py $(if $(MODELS),--to "$(MODELS)")

probes: $(VENV)/full ## train and evaluate the shipped probes again: RUNS=folder of collected sets, NAME=file name
	@$(BIN)/python -m tests.benchmarks.ship_probes "$(RUNS)" "$(NAME)" --report "$(RUNS)/report.html"

wheel: $(VENV)/base ## build wheel and sdist into dist/
	@rm -rf dist && $(BIN)/python -m build --outdir dist . >/dev/null && ls dist

check: lint test gate ## what must be green before a change lands

clean: ## remove what the targets made
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache
