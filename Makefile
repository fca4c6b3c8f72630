# make site    everything installed, everything made       make test    everything tested
# make check   all that CI runs                            make help    the rest
PYTHON ?= python3
VENV := .venv
KB := $(VENV)/bin/kb
RUN := $(VENV)/bin/python

.PHONY: help site test check lint types docs strict twice golden serve lock clean

help: ## Say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

site: $(VENV)/made ## Install, then check kb/ and make sites, search, handbooks and bundles
	$(KB) build $(if $(KB_KEY),,--unsigned)

test: $(VENV)/made-dev browser ## Install what tests need, then run them
	$(RUN) -m pytest

check: $(VENV)/made-dev lint types docs strict test twice ## All that CI runs
	@echo "all checks passed"

lint: $(VENV)/made-dev ## Format and lint
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .

types: $(VENV)/made-dev ## Types
	$(VENV)/bin/mypy

docs: $(VENV)/made-dev ## Reference pages made from the code are up to date
	$(RUN) -m generator.reference --check

strict: $(VENV)/made-dev ## Our own kb/ without a finding
	$(KB) validate --strict

twice: $(VENV)/made-dev ## The whole build twice, compared byte for byte
	$(RUN) tests/twice.py

golden: $(VENV)/made-dev ## Rewrite the golden files; read the difference
	$(RUN) -m pytest tests/test_golden.py --rewrite-golden

serve: $(VENV)/made ## Preview that follows your changes
	$(KB) serve

lock: $(VENV)/made-dev ## Choose the newest fitting versions
	$(RUN) -m uv pip compile pyproject.toml --universal --generate-hashes --no-header \
	  --no-emit-index-url --group build --upgrade -q -o requirements.lock
	$(RUN) -m uv pip compile pyproject.toml --universal --generate-hashes --no-header \
	  --no-emit-index-url --group build --group dev --upgrade -q -o requirements-dev.lock

clean: ## Remove everything made
	rm -rf build $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/made: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(RUN) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(RUN) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/made-dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(RUN) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(RUN) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(VENV)/made $@

# Debian's Chromium where there is none and we may install it; elsewhere the tests look for Chrome.
.PHONY: browser
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null \
	  || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	       && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
	  || echo "no Chromium found: browser tests will be skipped"
