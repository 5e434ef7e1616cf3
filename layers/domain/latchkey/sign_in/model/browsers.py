"""What a session was opened with, in coarse words: "Chrome on Windows". No version, no model, nothing to track it by.

A browser can call itself what it likes, so this only helps its owner to know a device again; nothing is decided by it.
"""

from typing import Final

LONGEST_READ: Final = 1_000
_BROWSERS: Final = (  # the first that is named; most call themselves Safari and Chrome, too
    ("Edge", ("edg/", "edga/", "edgios/", "edge/")),
    ("Opera", ("opr/", "opera")),
    ("Samsung Internet", ("samsungbrowser/",)),
    ("Firefox", ("firefox/", "fxios/")),
    ("Chrome", ("chrome/", "crios/", "chromium/")),
    ("Safari", ("safari/",)),
)
_SYSTEMS: Final = (
    ("iPhone", ("iphone",)),
    ("iPad", ("ipad",)),
    ("Android", ("android",)),
    ("ChromeOS", ("cros ",)),
    ("Windows", ("windows",)),
    ("Mac", ("macintosh", "mac os x")),
    ("Linux", ("linux", "x11")),
)


def browser_of(user_agent: str) -> str:
    """The words for a ``User-Agent`` header: both names, one of them, or nothing where neither is known."""
    said = user_agent[:LONGEST_READ].lower()
    browser, machine = (
        next((name for name, words in known if any(word in said for word in words)), "") for known in (_BROWSERS, _SYSTEMS)
    )
    return f"{browser} on {machine}" if browser and machine else browser or machine
