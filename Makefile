# Every target sets up what it needs in .venv/ first. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
OUT    ?= reports
# The exact versions of the Python at hand, where they are written down; pyproject.toml has the lower bounds.
PINNED  = $(wildcard constraints/python-$(shell $(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])').txt)
PIP     = $(BIN)/python -m pip install -q $(addprefix -c ,$(PINNED))

.DEFAULT_GOAL := help
.PHONY: help install constraints reports quick test lint types format lab docs pictures lauseet wheels bench yardsticks snapshot browser clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(VENV)/run.done  ## install into .venv/ and make no report
	@$(BIN)/python -m compileall -q src  # whoever runs it on a server may not write here
	@echo "The command is $(CURDIR)/$(BIN)/yhdyspinta"

reports: $(VENV)/run.done  ## make all 33 reports into reports/latest/
	$(BIN)/yhdyspinta report --out $(OUT)

quick: $(VENV)/dev.done  ## run the tests that start no browser, service or batch of reports
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow and not network" $(addprefix tests/,assessment catalogue charts cli narrative report snapshot statistics) tests/test_*.py

test: $(VENV)/dev.done browser  ## run all tests, the browser's too
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --durations=15

lint: $(VENV)/dev.done  ## check the code's style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/dev.done  ## put the code in the agreed form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/dev.done  ## check the types
	$(BIN)/mypy

lab: $(VENV)/run.done  ## open JupyterLab on a copy of the notebooks
	$(BIN)/yhdyspinta lab muistikirjat

docs: $(VENV)/dev.done  ## build the documentation into site/; a broken link is an error
	$(BIN)/sphinx-build -q -W --keep-going docs site

pictures: $(VENV)/dev.done browser  ## take the pictures of the documentation anew
	$(BIN)/python tools/take_pictures.py

lauseet: $(VENV)/run.done  ## print every sentence of six reports in three languages, to be read
	$(BIN)/python tools/list_sentences.py

wheels: $(VENV)/dev.done  ## build into dist/, and make a report with the wheel by each Python from 3.11, pipx, uv and conda that is there
	$(BIN)/python tools/try_wheel.py $(PYTHONS)

bench: $(VENV)/dev.done  ## measure speed and memory; prints JSON
	$(BIN)/python -m tests.bench

yardsticks: $(VENV)/dev.done  ## measure the statistics' false alarms and power, the gate, and runs that are killed; prints JSON
	$(BIN)/python -m tests.yardsticks

constraints: $(VENV)/bin/python  ## find today's versions anew: make constraints PYTHONS="3.11 3.12"
	$(BIN)/python tools/make_constraints.py $(PYTHONS)

snapshot: $(VENV)/run.done  ## rebuild the bundled snapshot from compiled figures: make snapshot FIGURES=folder
	$(BIN)/python tools/build_bundled_snapshot.py $(FIGURES)

clean:  ## remove what was built, but no report
	rm -rf $(VENV) build dist site .pytest_cache .ruff_cache .mypy_cache .hypothesis

# Debian's Chromium is installed where it can be; elsewhere the user is told what to install.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core poppler-utils; } || \
	  { echo "make test needs a browser: install Chromium (Debian: sudo apt-get install chromium poppler-utils) and run again." >&2; exit 1; }
	@command -v pdfinfo >/dev/null || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && apt-get install -y -q --no-install-recommends poppler-utils; } || \
	  { echo "make test needs pdfinfo: install poppler-utils and run again." >&2; exit 1; }

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version). Name another: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.done: pyproject.toml $(wildcard constraints/*.txt) | $(VENV)/bin/python
	$(PIP) -e .
	@touch $@

$(VENV)/dev.done: pyproject.toml $(wildcard constraints/*.txt) | $(VENV)/bin/python
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/run.done
