# `make` alone lists what there is. Every target sets up what it needs.
PYTHON ?= python3
INPUT ?=
PORT ?= 8888
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
.DEFAULT_GOAL := help
.PHONY: help demo test prove lab bench format lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile
	@echo "  make demo INPUT=folder replays the real files in a folder instead of the simulation."
	@echo "  make demo ARGS=-v prints each change of the deployment."
	@echo "  make lab PORT=9000 ARGS=--no-browser takes another port, and JupyterLab's own options."

demo: $(READY) ## The whole pipeline once, from an empty folder to the reports
	@$(BIN)/python -m producers demo $(if $(INPUT),--input '$(INPUT)') $(ARGS)

test: $(READY) ## Lint, types and every test
	PYTHON=$(BIN)/python sh tests/run.sh

prove: $(READY) ## Slow proofs, and those that need an environment of their own
	sh tools/prove.sh $(BIN)

lab: $(READY) ## Open JupyterLab on the notebooks
	@PORT='$(PORT)' sh tools/lab.sh $(BIN) $(ARGS)

bench: $(READY) ## Measure the speed goals of docs/benchmarks.md
	$(BIN)/python -m benchmarks

format: $(READY) ## Format Python and SQL, strip the notebooks
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .
	$(BIN)/sqlfluff fix sql
	$(BIN)/python tools/strip_notebook.py --write notebooks/*.ipynb

lock: $(READY) ## Resolve the dependencies anew into requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --upgrade \
		pyproject.toml --output-file requirements.lock

clean: ## Stop the embedded environment and remove what was made
	@if [ -x $(BIN)/cartwheel ]; then $(BIN)/cartwheel down; fi
	rm -rf .cartwheel reports $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis benchmarks/results .venv-peers .venv-prove

$(READY): requirements.lock pyproject.toml tools/setup.sh
	@PYTHON='$(PYTHON)' sh tools/setup.sh $(VENV)
	@touch $@
