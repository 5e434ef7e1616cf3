"""The page of a file of a large message's people. This school has no such message, so that another's answers are shown."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.chromium import check, profile
from tests.routes.console.sends.test_people_files import asked, worked
from tests.support.console import running_console
from tests.support.large_send import Large

WIDTHS = (1280, 320)


def pages(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, Any]]:
    """The page of a file, as it is waited for, once it is there, and when it could not be made: heading and answer."""
    found = {}
    with running_console(monkeypatch) as console:
        large = Large(console, monkeypatch)
        large.follow()
        path = asked(large, format="xlsx")
        found["The file is being made"] = (path, console.page(path))
        assert worked(large, monkeypatch) == 0
        found["The file is ready"] = (path, console.page(path))
        path = asked(large)
        monkeypatch.setattr("latchkey.sends.download_recipients.read_kept_roll", lambda *_: None)
        assert worked(large, monkeypatch, attempt=99) == 1
        found["The file could not be made"] = (path, console.page(path))
    return found


def shown(answer: Any) -> Callable[[Route], None]:
    headers = {name: str(value) for name, value in answer.headers.items()}
    return lambda route: route.fulfill(status=200, headers=headers, body=answer.body)


def test_the_page_of_a_file_is_fit_for_everybody(browser: Browser, stack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for heading, (path, answer) in pages(monkeypatch).items():
        assert answer.status_code == 200

        for width in WIDTHS:
            with profile(browser, stack["url"], {"width": width, "height": 900}) as context:
                page = context.new_page()
                page.route(f"**{path}", shown(answer))
                page.goto(path)
                expect(page.locator("#live").get_by_role("heading")).to_have_text(heading)
                check(page, f"people-file-{heading}-{width}")
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (heading, width)
