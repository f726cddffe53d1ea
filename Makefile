# demo and test are where to begin. The others: chat (the page in a browser), check (all that must hold before a change
# lands), clean. PYTHON chooses the interpreter that .venv is made with.
PYTHON ?= python3
BIN := .venv/bin
DEMO := .demo/library
QUESTION := What did Arce say to Zúñiga?

export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test chat check mutants screenshots clean

demo: .venv/.installed
	@$(BIN)/whosaid index seeds --library $(DEMO)
	@echo
	@echo '$$ whosaid ask "$(QUESTION)"'
	@$(BIN)/whosaid ask "$(QUESTION)" --library $(DEMO)
	@echo
	@echo 'Ask more: $(BIN)/whosaid ask "…" --library $(DEMO)      In a browser: make chat'

chat: .venv/.installed
	@$(BIN)/whosaid index seeds --library $(DEMO)
	@$(BIN)/whosaid chat --library $(DEMO)

test: .venv/.installed-dev .venv/.browser
	$(BIN)/python -m pytest

check: .venv/.installed-dev .venv/.browser
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

# Wrong changes to each metric, one by one: its tests must fail each time.
mutants: .venv/.installed-dev
	$(BIN)/python -m tests.metric_mutants

# The pictures of the chat in docs/screenshots, over the sample articles.
screenshots: .venv/.installed-dev .venv/.browser
	@$(BIN)/whosaid index seeds --library $(DEMO)
	$(BIN)/python -m ui.screenshots $(DEMO) docs/screenshots

clean:
	rm -rf .venv .demo

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "whosaid needs Python 3.11 or newer, found: $$($(PYTHON) --version 2>&1); try: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "could not make .venv; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

# A stamp each, so that a second run installs nothing; a change of what is pinned runs pip again.
.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing into .venv (the first time takes some minutes) …"
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/.installed-dev: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing into .venv, with what tests need (the first time takes some minutes) …"
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev,train]'
	@touch $@ .venv/.installed

# The browser tests use the system's Chromium and are skipped, with the reason, where there is none.
.venv/.browser: | .venv/bin/python
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then touch $@; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing Chromium for the browser tests …"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } \
	    >.venv/browser.log 2>&1 && touch $@ || \
	    echo "Chromium could not be installed (.venv/browser.log says why); the browser tests will be skipped"; \
	else echo "No Chromium here: the browser tests will be skipped. To run them: sudo apt-get install chromium"; fi
