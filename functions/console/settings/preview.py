"""What settings change, seen before they are saved: a mail, or the school's page, made with what stands in the form.

The form is posted into a frame of its own page, so this works without a script and nothing that was typed stands in an address.
Nothing is saved, and nothing in the frame runs or leads anywhere.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any, Final

from console.lists import only
from console.settings.form import values_of
from console.settings.pages import PATH, the_part
from console.settings.parts import PAPER, SHOWN, Part
from console.system import system
from latchkey.errors import Invalid, NotFound
from latchkey.schools.model import logo as logos
from latchkey.schools.model.colour import ink
from latchkey.schools.model.logo import Logo
from latchkey.schools.model.notice import PageNotice
from latchkey.schools.model.school import School
from latchkey.schools.model.settings_rules import change
from latchkey.sends.preview_mail import SOMEBODY, sample
from latchkey.shared.model.colours import code_of
from web.answer import Answer
from web.qr import qr
from web.request import Request
from web.route_group import RouteGroup
from web.school_page import school_page
from web.who import admin

routes = RouteGroup(__name__, lambda: system().settings)
# No script, no form, no link that leads anywhere, nothing from elsewhere. The school's page has its stylesheet from here.
_MAIL: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_PAGE: Final = "sandbox allow-same-origin; default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
_CLOSED: Final = "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"


@routes.on("GET", f"{PATH}/preview")
def as_saved(request: Request, school: str, page: str) -> Answer:
    """What is shown beside a page of settings, with the settings that are saved."""
    only(request.query, ("show",))
    return _shown(request, school, page, {}, request.query.get("show"))


@routes.on("POST", f"{PATH}/preview")
def as_typed(request: Request, school: str, page: str) -> Answer:
    """The same with what stands in the form. Nothing is saved."""
    fields = {name: value for name, value in request.fields.items() if name != "show"}
    show = request.fields.get("show")
    return _shown(request, school, page, fields, show)


def _shown(request: Request, school: str, page: str, fields: Mapping[str, Any], show: object) -> Answer:
    seen = admin(request, system(), school)
    part = the_part(page)
    if not part.shows:
        raise NotFound()
    wanted = next((each for each in part.shows if each == show), part.shows[0])
    try:
        typed, logo = _typed(seen.school, part, fields)
    except Invalid as error:
        return _document(_wrong(error), _MAIL)
    if wanted == "page":
        starts = PageNotice.of(typed.settings).starts_at or 0
        html = school_page(typed, max(system().now(), starts), logo)
        return _document(html.replace("<head>", '<head><base target="_blank">', 1), _PAGE)
    if wanted in PAPER:
        return _document(_paper(typed, logo, wanted), _MAIL)
    return _document(sample(system(), typed, SHOWN[wanted].purpose, logo).html, _MAIL)


def _paper(school: School, logo: Logo | None, kind: str) -> str:
    """A slip or a letter, drawn from the words of the printed one."""
    from latchkey.login_details.preview_export import sheet_of  # what prints is loaded only by who looks at it
    from web.pages import render

    origin = system().settings["ORIGIN"]
    paper = sheet_of(school, SOMEBODY, origin, system().now())
    values = {
        "kind": kind,
        "paper": paper,
        "name": school.name,
        "colour": code_of(ink(school.settings.colour)),
        "logo": f"data:image/png;base64,{b64encode(logo.png).decode()}" if logo else "",
        "square": qr(f"{origin}/r/{school.slug}", paper.address),
    }
    return render("settings/paper.html", values, paper.language)


def _typed(school: School, part: Part, fields: Mapping[str, Any]) -> tuple[School, Logo | None]:
    """The school as it would be, and its logo; ``Invalid`` names what cannot be used."""
    values = values_of(fields, part) if fields else {}
    typed = replace(school, settings=change(school.settings, values))
    if picture := values.get("logo_png"):
        return typed, logos.read(picture)
    return typed, system().logo(school.slug, typed.settings.logo)


def _wrong(error: Invalid) -> str:
    """What stands in the frame where the form cannot be used as it is."""
    items = "".join(f"<li>{escape(text)}</li>" for text in error.fields.values())
    return (
        '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>No preview</title>'
        "<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;margin:1rem}</style>"
        f"<p>There is no preview, because some of it cannot be used:</p><ul>{items}</ul>"
    )


def _document(html: str, policy: str) -> Answer:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": f"{policy}; {_CLOSED}",
        "X-Frame-Options": "SAMEORIGIN",
    }
    return Answer(body=html, headers=headers)
