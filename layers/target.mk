# For layers that hold packages, whose Makefiles `sam build` calls. The target is what Lambda runs; a laptop says
# LATCHKEY_PLATFORM=here and which interpreter (LATCHKEY_PYTHON) will run the functions.
LATCHKEY_PLATFORM ?= aarch64-manylinux_2_28
LATCHKEY_PYTHON ?= 3.13
UV ?= $(firstword $(wildcard $(CURDIR)/../../.venv/bin/uv) uv)

ifeq ($(LATCHKEY_PLATFORM),here)
TARGET := --python $(LATCHKEY_PYTHON)
else
TARGET := --python-version $(LATCHKEY_PYTHON) --python-platform $(LATCHKEY_PLATFORM)
endif
