# Two commands do it all on a fresh machine: `make demo` and `make test`.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LAUNCHER := .cache/launcher-venv
PYTEST := $(BIN)/python -m pytest

.PHONY: help
help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: demo
demo: $(VENV)/.installed ## two sample projects, made from nothing, in a real bash at a pseudo-terminal
	@$(BIN)/python demo/demo.py

.PHONY: recording
recording: $(VENV)/.installed ## docs/demo.svg: a short form of the demo, recorded from the real run
	@$(BIN)/python demo/recording.py

.PHONY: test
test: $(VENV)/.tested $(LAUNCHER)/.installed ## every test; asks before it installs anything as root
	@.ci/need-packages zsh fish ksh mksh direnv shellcheck shfmt strace git npm tmux sudo ssh:openssh-client sshd:openssh-server
	@$(MISE)
	$(PYTEST) -n 2

.PHONY: test-launcher
test-launcher: $(VENV)/.tested $(LAUNCHER)/.installed ## two shells, two containers: NVIDIA's launcher on a real Docker engine (root, Debian)
	@tests/launcher/engine/setup.sh || [ $$? = 3 ]
	TAOSHELL_TEST_ENGINE=1 $(PYTEST) tests/launcher/test_engine.py; status=$$?; tests/launcher/engine/stop.sh; exit $$status

.PHONY: compat
compat: $(VENV)/.tested ## writes docs/reports/compat.md, when our hook gets on with every neighbour
	@$(MISE)
	CI=true $(PYTEST) -n 2 tests/compat --deselect tests/compat/test_table.py
	$(BIN)/python -m tests.compat.table

SHELLS ?= 30
SECONDS ?= 600

.PHONY: chaos
chaos: $(VENV)/.tested ## many shells, writers and readers at random (SHELLS=30 SECONDS=600 SEED=…): writes docs/reports/chaos.md
	$(BIN)/python -m tests.chaos --shells $(SHELLS) --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

EVERY ?= 1

.PHONY: faults
faults: $(VENV)/.tested ## every fault at every system call: writes docs/reports/faults.md (9 minutes)
	$(BIN)/python -m tests.faults $(EVERY)

.PHONY: lint
lint: $(VENV)/.tested ## the style tests alone
	$(PYTEST) tests/repository/test_style.py

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -m venv $(VENV) || { echo "taoshell: python3 -m venv does not work; install your system's python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	@touch $@

# The real mise, for tests and for the benchmark; there are words when it cannot be had.
BENCH := .cache/bench
MISE = test -e $(BENCH)/node_modules/@jdxcode/mise-linux-x64 || \
  npm install --silent --no-audit --no-fund --prefix $(BENCH) @jdxcode/mise-linux-x64 || \
  echo "taoshell: mise is not here, as npm is needed for it" >&2

# NVIDIA's own launcher, for the tests that read our files with it; it runs on Python 3.8 to 3.11 only.
$(LAUNCHER)/.installed: .ci/launcher-venv
	@.ci/launcher-venv $(LAUNCHER)
	@touch $@

.PHONY: clean
clean: ## remove what make has installed
	rm -rf $(VENV) .cache
PYTHON ?= python3

.PHONY: bench
bench: ## beside direnv and mise: writes bench/results.md and bench/results.svg (4 minutes)
	@command -v direnv >/dev/null || echo "bench: to measure direnv too: apt-get install direnv" >&2
	@test -x $(BENCH)/venv/bin/python || $(PYTHON) -m venv $(BENCH)/venv
	@$(BENCH)/venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BENCH)/venv/bin/python -m pip install --quiet --disable-pip-version-check .
	@$(BENCH)/venv/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps .
	@$(MISE)
	$(BENCH)/venv/bin/python -m bench.run $(ARGS)
