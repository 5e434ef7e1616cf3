# Compiles FOLDER with the Python that will run it, and fails the build when anything in it would not run there.
# AHEAD names the source folders that its packages import ("." for none), or --packages and some names: then what these compile
# when a function starts is compiled, too (ahead.py).
# LATCHKEY_COMPILER names that Python where it was found already; LATCHKEY_BYTECODE=none does without (functions start slower).
LATCHKEY_PLATFORM ?= aarch64-manylinux_2_28
LATCHKEY_PYTHON ?= 3.13
HERE := $(dir $(lastword $(MAKEFILE_LIST)))
UV ?= $(firstword $(wildcard $(HERE)../.venv/bin/uv) uv)
INTERPRETER := $(or $(LATCHKEY_COMPILER),$(shell python3 "$(HERE)find_python.py" "$(LATCHKEY_PYTHON)" "$(UV)"))

ifeq ($(LATCHKEY_PLATFORM),here)
MACHINE := $(shell uname -m)
VERSION := $(shell "$(INTERPRETER)" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
else
MACHINE := $(firstword $(subst -, ,$(LATCHKEY_PLATFORM)))
VERSION := $(LATCHKEY_PYTHON)
endif

bytecode:
ifeq ($(LATCHKEY_BYTECODE),none)
	@python3 "$(HERE)verify.py" "$(FOLDER)" "$(MACHINE)" "$(VERSION)" --without-bytecode
else ifneq ($(INTERPRETER),)
ifdef AHEAD
	@"$(INTERPRETER)" -IS "$(HERE)ahead.py" "$(FOLDER)" $(AHEAD)
endif
	@"$(INTERPRETER)" -I "$(HERE)compile.py" "$(FOLDER)"
	@"$(INTERPRETER)" -I "$(HERE)verify.py" "$(FOLDER)" "$(MACHINE)" "$(VERSION)"
else
	@echo "Error: bytecode needs Python $(LATCHKEY_PYTHON), and none is here: uv python install $(LATCHKEY_PYTHON)," >&2
	@echo "or build without bytecode, so that functions start slower: LATCHKEY_BYTECODE=none." >&2
	@exit 1
endif

.PHONY: bytecode
