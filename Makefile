# Needs Python >= 3.11 and make; everything else is brought into .venv. `make help` lists the commands.
SHELL := /bin/sh
.DEFAULT_GOAL := help
# Paths are relative to here, so that a folder with spaces in its name works.
VENV ?= .venv
STAMPS := .stamps
# Processes that share the tests; each has a database server of its own.
JOBS ?= 2
ASSETS := src/platform/web/assets
PY = "$(VENV)/bin/python"
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
.PHONY: run test bench lint requirements assets oidc messages clean help setup setup-dev browser
.NOTPARALLEL:

run: setup assets ## start everything here; Ctrl-C stops it (PORT=8100 and DATA_DIR=... move it)
	@exec $(PY) -m src run

test: setup-dev assets oidc browser ## set up and run all tests
	@CHROMIUM="$$(sh infra/dev/find-browser.sh || true)" exec $(PY) -m pytest -n $(JOBS) --dist loadgroup $(ARGS)

bench: setup-dev assets ## measure the pages against a bare route
	@exec $(PY) -m tests.bench

lint: setup-dev ## ruff, mypy, import contracts
	@$(PY) -m ruff check . && $(PY) -m mypy && "$(VENV)/bin/lint-imports"

requirements: setup-dev ## compile requirements*.in with hashes, without registry addresses
	@sh infra/dev/requirements.sh "$(VENV)"

setup: ## make .venv with what the running system needs
	@VENV="$(VENV)" sh infra/dev/environment.sh requirements.txt

setup-dev:
	@VENV="$(VENV)" sh infra/dev/environment.sh requirements-dev.txt

assets: setup ## build style sheets and scripts
	@VENV="$(VENV)" sh infra/dev/assets.sh

oidc: setup-dev
	@VENV="$(VENV)" sh infra/dev/oidc.sh

messages: setup ## collect the texts to translate into the catalogues
	@VENV="$(VENV)" sh infra/dev/messages.sh

browser: setup-dev
	@VENV="$(VENV)" sh infra/dev/browser.sh

clean: ## remove what was built; data in var stays
	rm -rf .venv $(STAMPS) "$(ASSETS)/node_modules" tests/oidc/node_modules src/platform/web/static/dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile
