# Needs Python 3.11+ and make; everything else is installed into .tools and .venv.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --frozen --no-sync

.DEFAULT_GOAL := help
.PHONY: help install demo check format lint types imports unit test bench proto clean

help:  ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

install: .venv/.installed  ## Install the locked dependencies into .venv

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet "uv>=0.5"

.venv/.installed: pyproject.toml uv.lock $(if $(findstring .tools,$(UV)),.tools/bin/uv)
	$(UV) sync --frozen --quiet --compile-bytecode
	$(RUN) python -m compileall -q src
	@touch $@

demo: install  ## Start a simulated tenant, sync it twice, explain one access path
	$(RUN) ostiary demo $(if $(ONCE),--once)

check: install format lint types imports  ## Everything that reads the code without running it

format: install
	$(RUN) ruff format --check .

lint: install
	$(RUN) ruff check .

types: install
	$(RUN) mypy

imports: install
	$(RUN) lint-imports

unit: install  ## Run the tests alone
	$(RUN) pytest -n 2 --dist loadfile

test: check unit  ## Everything that must pass: format, lint, types, imports, tests

bench: install  ## Measure cost, speed and memory; prints counts and ratios
	$(RUN) python -m bench

proto: install  ## Regenerate the protocol modules from proto/
	$(RUN) python scripts/proto.py

clean:  ## Remove what installing and running left behind
	rm -rf .tools .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis demo dist
