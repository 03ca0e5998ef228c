# One command an intention; `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
EDITION := 2025
FORMATS := html,pdf,docx,xlsx,ipynb

.DEFAULT_GOAL := help
.PHONY: help setup reports studies report test test-long mutants fuzz crash pages assurance mistakes audit verify reports-lock test-tools benchmark licences lint check screen lab notebooks figure lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## build .venv from the locked, hashed requirements

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one, for example: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

reports: setup ## reports of all pilots and their comparison, into reports/2025/
	$(BIN)/anticorruption report --pilots --edition $(EDITION) --formats $(FORMATS)

studies: setup ## the comparative studies with their tables and charts, into reports/studies/
	$(BIN)/anticorruption studies

report: setup ## one report: make report REGION="Kota Blitar"
	$(BIN)/anticorruption report "$(REGION)" --edition $(EDITION) --formats $(FORMATS)

test: setup ## check style, data, library, notebooks and documents
	$(BIN)/ruff check .
	$(BIN)/python -m pytest --numprocesses auto
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --nbval notebooks/[0-9]*.ipynb

test-long: setup ## properties on 10,000 examples each, and whether intervals hold as often as they say
	$(BIN)/python -m tests.assurance.long

# mutmut has a venv of its own: nothing else needs it.
MUTANTS_VENV := .mutants-venv
$(MUTANTS_VENV)/.installed: requirements.lock tests/mutants/requirements.lock pyproject.toml
	$(PYTHON) -m venv $(MUTANTS_VENV)
	$(MUTANTS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements.lock -r tests/mutants/requirements.lock
	$(MUTANTS_VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation -e .
	@touch $@

mistakes: setup ## plant the mistakes that people make, room by room, and see whether the tests notice (long)
	$(BIN)/python -m tests.mutants.domain

mutants: $(MUTANTS_VENV)/.installed ## plant mistakes in the library and see whether the tests notice (an hour and a half)
	$(MUTANTS_VENV)/bin/python -m tests.mutants

FILES := 20000
SEED := 1
fuzz: setup ## spoil 20,000 files and see each read or refused in one sentence (long)
	$(BIN)/python -m tests.fuzz --files $(FILES) --seed $(SEED)

crash: setup ## kill batches, fill their disks, lose their workers, and see what is left (long)
	$(BIN)/python -m tests.crash

audit: setup ## rebuild the numbers of finished reports from data/ without the library, and change single bytes
	$(BIN)/python -m tests.audit

verify: setup ## make the pilots' reports again and compare them with reports/reports.lock
	$(BIN)/python -m anticorruption.reporting.pinned reports/reports.lock

reports-lock: setup ## pin the hashes of the pilots' reports anew, in every format
	$(BIN)/python -m anticorruption.reporting.pinned --write reports/reports.lock

pages: setup ## a page for every government, each looked at (long)
	$(BIN)/python -m tests.assurance.pages

assurance: setup ## run what shows the promises of the project, and write ASSURANCE.md
	$(BIN)/python -m tests.assurance

test-tools: ## Debian only: Chromium and LibreOffice for the tests that open pages and documents
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends chromium libreoffice-calc-nogui \
	  libreoffice-writer-nogui poppler-utils >/dev/null

benchmark: setup ## speed of composites and of reports, as ratios to their floors in the same run
	$(BIN)/python tests/benchmarks/composite_benchmark.py
	$(BIN)/python tests/benchmarks/report_benchmark.py

licences: setup ## list the licence of every locked package; refuse one that is not allowed
	$(BIN)/python -m tests.licences

lint: setup ## check style alone
	$(BIN)/ruff check .

check: setup ## check the data release
	$(BIN)/anticorruption check

screen: setup ## screen all 508 kabupaten and kota against the entry criteria
	$(BIN)/anticorruption screen --edition $(EDITION)

lab: setup ## open JupyterLab on the notebooks
	$(BIN)/jupyter lab notebooks

notebooks: setup ## run the committed studies anew, in place
	$(BIN)/jupyter nbconvert --log-level WARN --to notebook --inplace --execute notebooks/[0-9]*.ipynb
	$(BIN)/python -m anticorruption.reporting.settle notebooks/[0-9]*.ipynb

figure: setup ## draw the figure of the README anew
	$(BIN)/python -m anticorruption.reporting.figure reports/pilots.svg

lock: ## write requirements.lock anew from pyproject.toml
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip install --quiet --disable-pip-version-check uv
	.lock-venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --extra test --extra cluster pyproject.toml --output-file requirements.lock
	.lock-venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	  --python-version 3.11 --constraints requirements.lock tests/mutants/requirements.in \
	  --output-file tests/mutants/requirements.lock
	rm -rf .lock-venv

clean: ## remove what the commands above made
	rm -rf $(VENV) $(MUTANTS_VENV) mutants .pytest_cache .ruff_cache .hypothesis reports/20*
