# Needs Python 3.11+, Node.js 20+ and make; everything else is installed into .tools and .venv.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --frozen --no-sync

.DEFAULT_GOAL := help
.PHONY: help install demo check format lint types imports browser unit test bench proto clean

help:  ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 12

WEB := src/ostiary/server/web
WEB_SOURCES := scripts/web.js package-lock.json $(shell find src/ostiary/server -name '*.html' \
	-o -path '*/web/assets/*' -o -path '*/web/*.py' -o -name 'pages*.py' -o -name 'views*.py')

install: .venv/.installed $(WEB)/static/manifest.json  ## Install the locked dependencies and build the web's files

.tools/bin/uv:
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet "uv>=0.5"

.venv/.installed: pyproject.toml uv.lock $(if $(findstring .tools,$(UV)),.tools/bin/uv)
	$(UV) sync --frozen --quiet --compile-bytecode
	$(RUN) python -m compileall -q src
	@touch $@

node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo "The web's files need Node.js 20 or later with npm: https://nodejs.org"; exit 1; }
	npm ci --no-audit --no-fund --silent
	@touch $@

$(WEB)/static/manifest.json: node_modules/.installed $(WEB_SOURCES)
	npm run --silent build
	@touch $@

demo: install  ## Connect a simulated tenant to a server and ask three questions; ONCE=1 ends then
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

browser: install  ## Get the browser that some tests need (NO_BROWSER=1 goes without)
	@scripts/browser.sh $(RUN)

unit: browser  ## Run the tests alone
	$(RUN) pytest -n 2 --dist loadfile

test: check unit  ## Everything that must pass: format, lint, types, imports, tests

bench: browser  ## Measure cost, speed and memory; prints counts and ratios
	$(RUN) python -m bench

proto: install  ## Regenerate the protocol modules from proto/
	$(RUN) python scripts/proto.py

clean:  ## Remove what installing and running left behind
	rm -rf .tools .venv node_modules $(WEB)/static .mypy_cache .ruff_cache .pytest_cache .hypothesis demo dist
