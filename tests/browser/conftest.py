"""The browser tests use the stack of the end-to-end tests."""

from tests.e2e.conftest import stack

__all__ = ["stack"]
