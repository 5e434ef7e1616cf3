"""What makes a home screen take the site: a manifest, and a service worker that keeps nothing of anybody.

The worker keeps the page that says "you are offline", and the files that this page needs; never a page of the site, an answer, or
anything that a person has seen or typed. Its text changes with those files, so a release changes every browser.
"""

import hashlib
import json
from functools import cache
from typing import Any, Final

from latchkey.schools.find_school import the_school
from portal.system import system
from web.answer import Answer
from web.assets import asset, asset_file
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)
OFFLINE: Final = "/offline"
COLOUR: Final = "#1b4d5c"
_PAPER: Final = "#f3f6f7"
_FOR_AN_HOUR: Final = "public, max-age=3600"
_NEWEST: Final = "no-cache"
_LONGEST_LABEL: Final = 12
"""Signs that stand under an icon on a home screen."""


@routes.on("GET", "/manifest.webmanifest")
def manifest(_: Request) -> Answer:
    """What a home screen shows, of the site."""
    return _manifest("Latchkey", "Latchkey", "/account", "/account")


@routes.on("GET", "/schools/{school}/manifest.webmanifest")
def manifest_of_school(_: Request, school: str) -> Answer:
    """The same of a school: who opens it signed out comes to the sign-in of that school."""
    found = the_school(system(), school)
    return _manifest(found.name, _label(found.name), f"/account?school={found.slug}", f"/account/{found.slug}")


@routes.on("GET", "/service-worker.js")
def worker(_: Request) -> Answer:
    """The service worker, with the names of what it keeps."""
    headers = {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": _NEWEST}
    return Answer(body=_worker(), headers=headers)


@routes.on("GET", OFFLINE, page="offline.html", public=True)
def offline(_: Request) -> Answer:
    """What a browser shows of its own when there is no connection: in all our languages, and of no school."""
    return Answer(data={})


def _manifest(name: str, label: str, start: str, identity: str) -> Answer:
    said: dict[str, Any] = {
        "id": identity,
        "name": name,
        "short_name": label,
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "background_color": _PAPER,
        "theme_color": COLOUR,
        "icons": [
            {"src": asset("app.svg"), "type": "image/svg+xml", "sizes": "any", "purpose": purpose}
            for purpose in ("any", "maskable")
        ]
        + [
            {"src": asset(f"app-{size}.png"), "type": "image/png", "sizes": f"{size}x{size}", "purpose": "any maskable"}
            for size in (192, 512)
        ],
    }
    headers = {"Content-Type": "application/manifest+json", "Cache-Control": _FOR_AN_HOUR, "Vary": "Accept-Encoding"}
    return Answer(body=json.dumps(said, ensure_ascii=False, separators=(",", ":")), headers=headers)


def _label(name: str) -> str:
    """As many whole words of a school's name as stand under an icon; the beginning of the first where that is too long."""
    words = name.split()
    label = words[0][:_LONGEST_LABEL]
    for word in words[1:]:
        if len(f"{label} {word}") > _LONGEST_LABEL:
            break
        label = f"{label} {word}"
    return label


@cache
def _worker() -> str:
    kept = [OFFLINE, asset("latchkey.css"), asset("key.svg")]
    found = asset_file("service-worker.js")
    text = str(found.content) if found is not None else ""
    edition = hashlib.sha256(json.dumps([text, *kept, _offline_text()]).encode()).hexdigest()[:12]
    return f"const EDITION = {json.dumps(edition)}, KEPT = {json.dumps(kept)};\n{text}"


def _offline_text() -> str:
    from web.pages import FOLDER

    return (FOLDER / "templates" / "offline.html").read_text(encoding="utf-8")
