# On a fresh machine two commands are enough: `make demo` and `make test`.

SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LAUNCHER := .cache/launcher-venv
PYTEST := $(BIN)/python -m pytest
# Most tests wait for a shell, so two cores bear four.
JOBS := 4

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1	/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: demo
demo: $(VENV)/.installed ## create two sample projects and use them in a real bash at a pseudo-terminal
	@$(BIN)/python demo/demo.py

.PHONY: recording
recording: $(VENV)/.installed $(LAUNCHER)/.installed ## record a short form of the demo: writes docs/demo.svg and docs/pictures
	@$(BIN)/python demo/recording.py
	@$(BIN)/python demo/places.py

.PHONY: test
test: needs ## every guarantee, 10 minutes on two cores; asks before it installs anything as root
	$(PYTEST) -n $(JOBS) -m "not slow"

.PHONY: test-slow
test-slow: needs ## the rest: long fuzzing, fault injection, chaos, tables of many cases (8 minutes)
	$(PYTEST) -n $(JOBS) -m slow

.PHONY: needs
needs: $(VENV)/.tested $(LAUNCHER)/.installed
	@.ci/need-packages zsh fish ksh mksh busybox systemctl:systemd direnv shellcheck shfmt strace git npm tmux sudo ssh:openssh-client sshd:openssh-server man:man-db groff mandoc
	@$(MISE)

.PHONY: test-launcher
test-launcher: $(VENV)/.tested $(LAUNCHER)/.installed ## two shells, two containers: NVIDIA's launcher on a real Docker engine (root, Debian)
	@tests/launcher/engine/setup.sh || [ $$? = 3 ]
	TAOSHELL_TEST_ENGINE=1 $(PYTEST) tests/launcher/test_engine.py; status=$$?; tests/launcher/engine/stop.sh; exit $$status

.PHONY: test-engines
test-engines: $(VENV)/.tested $(LAUNCHER)/.installed ## run containers on a real Docker, Compose and Podman: writes docs/reports/engines.md (root, Debian)
	@tests/engines/lab/setup.sh || [ $$? = 3 ]
	TAOSHELL_TEST_ENGINES=1 $(PYTEST) -n 2 --dist loadgroup tests/engines/test_real.py --junitxml=.cache/engines.xml && \
	  $(BIN)/python -m tests.engines.page .cache/engines.xml; status=$$?; tests/engines/lab/stop.sh; exit $$status

.PHONY: bench-engines
bench-engines: $(VENV)/.tested $(LAUNCHER)/.installed ## time `taoshell run` and `try` beside docker: writes bench/engines.md (root, Debian)
	@tests/engines/lab/setup.sh
	$(BIN)/python -m tests.engines.times; status=$$?; tests/engines/lab/stop.sh; exit $$status

.PHONY: compat
compat: $(VENV)/.tested ## writes docs/reports/compat.md if the hook works with every tool and option there
	@$(MISE)
	CI=true $(PYTEST) -n $(JOBS) tests/compat --deselect tests/compat/test_table.py
	$(BIN)/python -m tests.compat.table

SHELLS ?= 30
SECONDS ?= 600

.PHONY: chaos
chaos: $(VENV)/.tested ## run many shells, writers and readers at random (SHELLS=30 SECONDS=600 SEED=…): writes docs/reports/chaos.md
	$(BIN)/python -m tests.chaos --shells $(SHELLS) --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))

EVERY ?= 1

.PHONY: faults
faults: $(VENV)/.tested ## inject every fault at every system call: writes docs/reports/faults.md (20 minutes)
	$(BIN)/python -m tests.faults $(EVERY)

.PHONY: mutants
mutants: $(VENV)/.tested ## break one line of the shell's scripts after another: writes docs/reports/mutants.md (10 minutes, not as root)
	$(BIN)/python -m tests.mutants $(ARGS)

.PHONY: lint
lint: $(VENV)/.tested ## run only the style tests
	$(PYTEST) tests/repository/test_style.py

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -m venv $(VENV) || { echo "taoshell: python3 -m venv does not work; install your system's python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint]'
	@touch $@

# The real mise, for tests and for the benchmark. Without npm, say that mise is missing and go on.
BENCH := .cache/bench
MISE = test -e $(BENCH)/node_modules/@jdxcode/mise-linux-x64 || \
  npm install --silent --no-audit --no-fund --prefix $(BENCH) @jdxcode/mise-linux-x64 || \
  echo "taoshell: mise is not installed, because that needs npm" >&2

# NVIDIA's launcher, for the tests that read our files with it. It runs only on Python 3.8 to 3.11.
$(LAUNCHER)/.installed: .ci/launcher-venv
	@.ci/launcher-venv $(LAUNCHER)
	@touch $@

.PHONY: pages
pages: $(VENV)/.installed ## write the help texts and the man pages again, after a change of a command, its options or docs
	$(BIN)/python -m pages

.PHONY: clean
clean: ## remove everything that make installed
	rm -rf $(VENV) .cache

ROUNDS ?= 5

.PHONY: bench
bench: ## compare with direnv and mise: writes bench/results.md and bench/results.svg (10 minutes); ROUNDS=1 or AGAINST=CLONE only print
	@command -v direnv >/dev/null || echo "bench: to measure direnv too: apt-get install direnv" >&2
	@test -x $(BENCH)/venv/bin/python || $(PYTHON) -m venv $(BENCH)/venv
	@$(BENCH)/venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BENCH)/venv/bin/python -m pip install --quiet --disable-pip-version-check .
	@$(BENCH)/venv/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps .
	@$(MISE)
	$(BENCH)/venv/bin/python -m bench.run --rounds $(ROUNDS) $(addprefix --against ,$(AGAINST)) $(ARGS)
