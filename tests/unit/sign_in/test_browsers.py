"""What a session was opened with, in coarse words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.sign_in.model.browsers import browser_of

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/130.0.0.0 Safari/537.36", "Chrome on ChromeOS"),
        (f"Mozilla/5.0 (Linux; Android 14; SM-S921B) {WEBKIT} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
         "Samsung Internet on Android"),
        ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Safari/604.1",
         "Chrome on iPad"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
         "Safari on Mac"),
        ("SomeApp/1.0 (iPhone)", "iPhone"),
        ("Firefox/1", "Firefox"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_two_names_and_no_version(agent: str, words: str) -> None:
    assert browser_of(agent) == words


@given(st.text())
def test_nothing_that_was_sent_is_kept(agent: str) -> None:
    assert len(browser_of(agent)) <= len("Samsung Internet on ChromeOS")
    assert browser_of(agent).isascii()
