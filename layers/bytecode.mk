# Compiles FOLDER with the Python that will run it; without that Python, the package works and starts slower.
LATCHKEY_PYTHON ?= 3.13
HERE := $(dir $(lastword $(MAKEFILE_LIST)))
UV ?= $(firstword $(wildcard $(HERE)../.venv/bin/uv) uv)
INTERPRETER := $(shell $(UV) python find --no-python-downloads $(LATCHKEY_PYTHON) 2>/dev/null)

bytecode:
ifneq ($(INTERPRETER),)
	@"$(INTERPRETER)" -I "$(HERE)compile.py" "$(FOLDER)"
else
	@echo "No Python $(LATCHKEY_PYTHON) here, so no bytecode: functions start slower (uv python install $(LATCHKEY_PYTHON))."
endif

.PHONY: bytecode
