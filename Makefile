# Everything sets itself up: a virtual environment in .venv with the locked dependencies.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEVELOP := $(VENV)/.ready-to-develop
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint bench docs lock sample windows clean

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { echo "venv is missing: on Debian or Ubuntu run  apt install python3-venv"; exit 1; }

$(READY): requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $(READY)

$(DEVELOP): requirements-dev.lock $(READY)
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $(DEVELOP)

demo: $(READY) ## the sample county: made, checked, consolidated, marked
	$(BIN)/taizhang demo demo --force

test: $(DEVELOP) ## all tests; those whose outside programs are absent are listed as skipped
	$(BIN)/python -m pytest -n 3 --dist worksteal

lint: $(DEVELOP) ## ruff, mypy strict, and the import contract
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEVELOP) ## the figures of benchmarks/README.md; installs what they are compared with
	$(PIP) -r benchmarks/requirements.txt
	$(BIN)/python -m benchmarks

docs: $(DEVELOP) ## the generated pages of docs/
	$(BIN)/python -m toolkit.manual docs

lock: ## the lock files, with hashes
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra page --extra bundle -o requirements.lock pyproject.toml requirements-build.in
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra dev --extra page --extra bundle -o requirements-dev.lock pyproject.toml requirements-build.in

windows: $(READY) ## the offline Windows folder and its zip, in build/windows
	$(BIN)/taizhang bundle

clean:
	rm -rf $(VENV) demo build

sample: $(DEVELOP) ## the sample workspace in workbooks/, made anew
	rm -rf workbooks/stations workbooks/roster.xlsx
	$(BIN)/python -c "from pathlib import Path; from toolkit.demo import make_county; make_county(Path('.'), stations=6, seed=7, processes=1)"
	rm -f planted.json
