# Each target sets up what it needs: one .venv, filled once and reused until the pins change.
.DEFAULT_GOAL := help
.PHONY: help demo test check stubs bench neo4j neo4j-stop clean

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := demo

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp holds a digest of the pins, not a time: a fresh checkout with the same pins installs nothing.
$(READY): pyproject.toml constraints.txt
	@want=$$(cat pyproject.toml constraints.txt | cksum); \
	if [ "$$(cat $(READY) 2>/dev/null)" != "$$want" ]; then \
	  echo "installing into $(VENV) (a few minutes, once)" && \
	  { [ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV); } && \
	  PIP_CONSTRAINT=constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]' && \
	  echo "$$want" > $(READY); \
	else touch $(READY); fi

demo: $(READY) ## simulate a platform, find its fraud, compare with the truth
	@$(BIN)/graphfraud demo --out $(DEMO)

test: $(READY) ## run the tests
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup

check: $(READY) ## lint, types, import contracts, protos and their stubs
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@cd protos && ../$(BIN)/buf lint
	@$(BIN)/python scripts/generate_stubs.py --check

stubs: $(READY) ## generate graphfraud/v1 from protos/
	@$(BIN)/python scripts/generate_stubs.py

bench: $(READY) ## measure; each benchmark's last line is one JSON object
	@for script in scripts/bench/*.py; do echo "== $$script" && $(BIN)/python $$script || exit 1; done

neo4j: $(READY) ## start a graph database on this machine (Java and Maven, no Docker)
	@$(BIN)/python scripts/neo4j_server.py start

neo4j-stop: $(READY) ## stop it
	@$(BIN)/python scripts/neo4j_server.py stop

clean: ## remove what was installed and made
	@rm -rf $(VENV) $(DEMO) .mypy_cache .ruff_cache .pytest_cache .hypothesis
