"""A page that keeps itself fresh does not keep its session alive."""

from typing import Any

import pytest

from latchkey.sign_in.session import ABSOLUTE, IDLE
from tests.support import sam
from tests.support.console import PAGE, Console

POLL = "x-latchkey-poll"
PEOPLE = "/admin/northbridge/people"
EVERY = 60  # seconds between two questions of a page


def poll(console: Console) -> Any:
    """What live.js asks."""
    return console.http.get(PEOPLE, headers={**console.headers(PAGE), "X-Latchkey-Poll": "1"})


def test_a_page_left_open_is_signed_out_after_the_idle_time(console: Console) -> None:
    for _ in range(IDLE["staff"] // EVERY):
        console.system.clock.now += EVERY
        assert poll(console).status_code == 200
    console.system.clock.now += EVERY
    answer = poll(console)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/schools/northbridge/sessions")
    assert console.page(PEOPLE).status_code == 303, "and so is whoever comes back"


def test_a_person_who_asks_in_between_keeps_the_session(console: Console) -> None:
    for _ in range(6):
        for _ in range(20):
            console.system.clock.now += EVERY
            poll(console)
        assert console.page(PEOPLE).status_code == 200


def test_polls_lengthen_nothing_either(console: Console) -> None:
    for _ in range(ABSOLUTE // 1200 - 1):
        console.system.clock.now += 1200
        assert console.page(PEOPLE).status_code == 200
        poll(console)
    console.system.clock.now += 1200
    assert poll(console).status_code == 303


@pytest.mark.parametrize("said", ["", "0", "no", "1, 1"])
def test_the_header_counts_whatever_it_says(console: Console, said: str) -> None:
    console.system.clock.now += 1200
    assert console.http.get(PEOPLE, headers={**console.headers(PAGE), "x-latchkey-poll": said}).status_code == 200
    console.system.clock.now += IDLE["staff"] - 1000
    assert console.page(PEOPLE).status_code == 303


def test_every_script_that_asks_for_a_page_by_itself_says_so() -> None:
    """All but the service worker, which passes on what a person asks for, and a preview, which follows what a person chooses."""
    by_people = {"service-worker.js", "preview.js"}
    assets = sam.ROOT / "functions" / "web" / "assets"
    scripts = [path.read_text() for path in assets.glob("*.js") if path.name not in by_people]
    asking = [text for text in scripts if "fetch(" in text and 'method: "POST"' not in text]
    assert asking
    for text in asking:
        assert text.count("fetch(") == text.lower().count(f'"{POLL}": "1"') == 1
