# Everything a newcomer or a build machine needs. `make` alone lists the targets.

PYTHON ?= python3
BROWSER ?= auto
ARGS ?=

BIN := .venv/bin
STAMP := .venv/.setup-done

.DEFAULT_GOAL := help
.PHONY: help setup demo test faults recall lint bench eval docs clean replay

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with nianbao and its tools (does nothing the second time)

demo: setup ## crawl a replica site twice, with edits in between; needs no network
	@$(BIN)/nianbao demo $(ARGS)

test: setup ## run the tests, the files spread over the processors
	@$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile $(ARGS)

faults: setup ## kill crawls, fill disks and flip bits for some minutes
	@$(BIN)/python -m pytest -m faults -s $(ARGS)

recall: setup ## crawl the replica of every family and print what was found of it
	@$(BIN)/python -m pytest -q -rP tests/crawler/test_replicas.py -k all_reports | grep ": recall"

replay: setup .venv-pywb/.done ## let pywb replay what we archive (it gets an environment of its own)
	@$(BIN)/python -m pytest tests/archive/test_replay.py $(ARGS)

lint: setup ## check style (ruff) and types (mypy)
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/mypy docs/generate.py tests/docs

.PHONY: compiled
compiled: setup ## compile the busiest readers anew, after an edit (until then all is interpreted)
	@$(BIN)/python -m parsers.compiled

.PHONY: fuzz
fuzz: setup ## read broken files of every format, made at random (ARGS="--format doc --runs 1000")
	@$(BIN)/python -m tests.fuzz $(ARGS)

bench: setup ## measure the crawler against a local site, what keeping costs, and the readers
	@$(BIN)/python -m benchmarks.crawl $(ARGS)
	@$(BIN)/python -m benchmarks.archive
	@$(BIN)/python -m benchmarks.pdf
	@$(BIN)/python -m benchmarks.parsers

eval: setup ## score the reading of generated documents; fails when a pinned score fell
	@$(BIN)/python -m benchmarks.eval $(ARGS)

docs: setup ## write the generated references anew
	@$(BIN)/python docs/generate.py

clean: ## remove caches and build outputs; .venv and data/ stay
	@rm -rf build dist parsers/__compiled__ .pytest_cache .mypy_cache .ruff_cache ./*.egg-info
	@find . -path ./.venv -prune -o -name __pycache__ -type d -print | xargs rm -rf

# pywb is GPLv3 and wants other releases of what we use: it is run, never imported.
.venv-pywb/.done:
	@$(PYTHON) -m venv .venv-pywb
	@.venv-pywb/bin/python -m pip install --quiet --disable-pip-version-check 'pywb>=2.10,<2.11' 'setuptools<81'
	@touch $@

# A stamp older than these two files means that the packages may have changed.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "nianbao needs Python 3.11 or newer, and '$(PYTHON)' is not: make setup PYTHON=python3.12" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
	  echo "no virtual environment could be made; on Debian: apt-get install python3-venv" >&2; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,compile,postgresql,ocr,parquet]'
	@$(BIN)/python -m parsers.compiled || true
	@$(FIND_BROWSER)
	@touch $@

# A browser is for pages that are drawn by script. Most sites need none: a browser that cannot be had is a
# notice and no error. BROWSER=no leaves the machine as it is.
define FIND_BROWSER
caches="$${PLAYWRIGHT_BROWSERS_PATH:-$$HOME/.cache/ms-playwright}"; \
if [ "$(BROWSER)" = no ] || command -v chromium >/dev/null || ls -d "$$caches"/chromium* >/dev/null 2>&1; then exit 0; fi; \
echo "No browser was found; fetching Chromium (make setup BROWSER=no does without)."; \
if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
  quick="-qq -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20"; \
  if apt-get $$quick update >/dev/null 2>&1 && \
     DEBIAN_FRONTEND=noninteractive apt-get $$quick install -y chromium >/dev/null 2>&1; then exit 0; fi; \
fi; \
if timeout 600 $(BIN)/playwright install chromium >/dev/null 2>&1; then exit 0; fi; \
echo "No browser could be installed. The demo and the tests do without. To install one later:"; \
echo "  apt-get install -y chromium      (as root, on Debian)"; \
echo "  $(BIN)/playwright install chromium   (elsewhere)"
endef
