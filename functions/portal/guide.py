"""The admins' guide, how to do what the console offers, and the page for families; for everybody, they tell nothing of schools.

The build makes them out of docs/guide and docs/families.md.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

from latchkey.errors import NotFound
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)
PAGES: Final = (
    "start",
    "which-way",
    "closure",
    "sending",
    "login-details",
    "mail-merge",
    "sims",
    "rosters",
    "emails",
    "contacts",
    "people",
    "telephone",
    "public-page",
    "doubles",
    "undoing",
    "single-sign-on",
    "sso-google",
    "sso-microsoft",
    "sso-rm-unify",
)
"""In the order in which they are listed; the first is where to begin."""
FOLDER: Final = Path(__file__).parent / "guide_pages"
_TEMPLATE: Final = "guide/guide.html"
_TITLE: Final = re.compile(r"<h1[^>]*>(.*?)</h1>")


@routes.on("GET", "/guide", page=_TEMPLATE, public=True)
def first(request: Request) -> Answer:
    """Where to begin."""
    return _shown(request, PAGES[0])


@routes.on("GET", "/guide/{page}", page=_TEMPLATE, public=True)
def page(request: Request, page: str) -> Answer:
    """One page of the guide."""
    if page not in PAGES:
        raise NotFound()
    return _shown(request, page)


@routes.on("GET", "/families", page="guide/families.html", public=True)
def families(request: Request) -> Answer:
    """How families get in and help each other: two sides of paper that a school can hand out."""
    request.language = "en"  # which it is written in
    return Answer(data={"title": _title("families"), "html": _text("families")})


def _shown(request: Request, name: str) -> Answer:
    request.language = "en"  # like the console that it describes
    listed = [{"name": each, "title": _title(each)} for each in PAGES]
    return Answer(data={"name": name, "title": _title(name), "html": _text(name), "pages": listed})


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.html").read_text(encoding="utf-8")


def _title(name: str) -> str:
    found = _TITLE.search(_text(name))
    return found[1] if found else name
