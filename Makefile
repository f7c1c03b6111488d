# Everything runs from .venv/, made here on first use. Needs: python3 >= 3.11 with venv, make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PIP_CONSTRAINT := $(CURDIR)/.ci/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONDONTWRITEBYTECODE  # hundreds of processes start in the suites: compiled once, not by each

.PHONY: help demo test checks bench faults kills mutants oracle lint unit package service page clean

help:
	@echo "make demo          the whole story on emulated hardware, then stays up (ONCE=1: ends after the story, PRINTER=atol)"
	@echo "make test          every check that CI runs"
	@echo "make bench         the benchmark table: ratios against limits measured in the same run"
	@echo "make faults        100,000 sales with seeded faults, and a fault at every byte of one sale, on every link (hours)"
	@echo "make kills         kill -9 at every commit point of each process and face, bad days, every port, and other slow checks (minutes)"
	@echo "make mutants       900 small slips in money and rules, of which the tests must see nine in ten (COUNT=n)"
	@echo "make oracle        20,000 random baskets of every kind, the engine beside a plain second pricing (minutes)"
	@echo "make lint          formatting, lint, types, import contracts, the rules of the house"
	@echo "make unit          the test suites"
	@echo "make service       verifies the systemd unit, its exposure and the udev rules, when systemd-analyze is there"
	@echo "make page          the cashier's and the installer's page in a real browser, when chromium is there"
	@echo "make package       builds the wheel, installs it into an empty environment and runs the demo there"

$(READY): pyproject.toml .ci/constraints.txt
	@$(PYTHON) -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer with venv is needed (PYTHON=... make ...)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) ..."
	@$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

demo: $(READY)
	$(BIN)/pos-agent demo $(if $(ONCE),--once) $(if $(PRINTER),--printer $(PRINTER))

test: $(READY)  # side by side: the process suites wait more than they reckon, lint and package use the time
	@$(MAKE) --no-print-directory --output-sync=target --jobs=2 unit checks
	@$(MAKE) --no-print-directory service
	@$(BIN)/python tests/browser/page_check.py --only-missing

checks: lint package page

bench: $(READY)
	PYTHONPATH=tests $(BIN)/python -m bench

faults: $(READY)
	PYTHONPATH=tests $(BIN)/python -m simulation.sale_everywhere
	PYTHONPATH=tests $(BIN)/python -m simulation.sale_faults --sales 100000 --seed 1 --jobs 2
	PYTHONPATH=tests $(BIN)/python -m simulation.sale_everywhere --link atol-v2
	PYTHONPATH=tests $(BIN)/python -m simulation.sale_everywhere --link atol-v3
	PYTHONPATH=tests $(BIN)/python -m simulation.sale_faults --sales 100000 --seed 1 --jobs 2 --link atol-v2
	PYTHONPATH=tests $(BIN)/python -m simulation.sale_faults --sales 100000 --seed 1 --jobs 2 --link atol-v3

mutants: $(READY)
	PYTHONPATH=tests $(BIN)/python -m mutation.run --count $(or $(COUNT),900)

oracle: $(READY)
	cd tests && ../$(BIN)/python -m oracle.compare 20000

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/house  # in one process: the whole tree is read once

unit: $(READY)
	$(BIN)/pytest -n 2 --ignore=tests/house --ignore=tests/integration --ignore=tests/conformance --ignore=tests/long --ignore=tests/browser
	$(BIN)/pytest -n 5 --dist loadfile tests/integration tests/conformance  # a file's register is started once

kills: $(READY)
	POS_AGENT_TESTS=all $(BIN)/pytest -n 4 --dist loadfile tests/long tests/conformance tests/integration/test_tap_agent.py \
		tests/simulation tests/unit/reports
	POS_AGENT_TESTS=all $(BIN)/python tests/browser/page_check.py

package: $(READY)
	$(BIN)/python tests/house/package.py

service: $(READY)
	$(BIN)/python tests/house/service_check.py

page: $(READY)
	$(BIN)/python tests/browser/page_check.py

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
