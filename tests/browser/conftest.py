"""The browser tests use the stack of the end-to-end tests, with one browser for all."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.chromium import DESK, PHONE, profile, running_browser
from tests.e2e.conftest import _groups, admin, group, product, stack, student

__all__ = ["_groups", "admin", "group", "product", "stack", "student"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture
def desk(browser: Browser, stack: Any) -> Iterator[BrowserContext]:
    with profile(browser, stack["url"], DESK) as context:
        yield context


@pytest.fixture
def phone(browser: Browser, stack: Any) -> Iterator[BrowserContext]:
    with profile(browser, stack["url"], PHONE) as context:
        yield context
