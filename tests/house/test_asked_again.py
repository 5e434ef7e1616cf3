"""Each request with which the console changes something asks the admin to confirm again, or there is a reason why it does not."""

from pathlib import Path

from console.app import app
from web.asked_again import ASKED, NOT_ASKED
from web.request import READS

TEMPLATES = Path(__file__).parents[2] / "functions" / "web" / "templates"


def test_every_change_of_the_console_is_in_one_of_the_two_tables() -> None:
    changes = {f"{method} {path}" for method, path in app.kinds if method not in READS}
    reads = {f"{method} {path}" for method, path in app.kinds if method in READS}
    both = {*ASKED, *NOT_ASKED}
    assert changes - both == set(), "say in functions/web/asked_again.py whether these ask an admin to confirm again, and why"
    assert both - changes - reads == set(), "these are no routes of the console"
    assert not set(ASKED) & set(NOT_ASKED)
    assert not set(NOT_ASKED) & reads, "what only reads need not say why it does not ask"


def test_every_file_that_leaves_the_school_is_asked_for() -> None:
    downloads = {
        f"{method} {path}" for method, path in app.kinds if method == "GET" and path.endswith(("/download", "/everything"))
    }
    assert downloads <= set(ASKED)


def test_every_reason_is_given() -> None:
    assert all({**ASKED, **NOT_ASKED}.values())
