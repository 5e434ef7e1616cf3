"""Pages: Jinja templates with autoescape; loaded only when somebody asks for a page."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from latchkey.shared.model.identifiers import readable
from latchkey.shared.model.languages import LANGUAGES
from web.assets import asset

FOLDER = Path(__file__).parent
LONDON = ZoneInfo("Europe/London")


@cache
def environment() -> Environment:
    """The environment of all templates: what is missing in a page is an error, not a gap."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(asset=asset, problem=None, typed={}, school=None, person=None)
    made.filters.update(when=when, exactly=exactly, day=day, last_day=last_day, number=number)
    made.filters.update(duration=duration, asked=asked, language=language, readable=readable)
    return made


def render(name: str, values: dict[str, Any]) -> str:
    """The page of a template."""
    return environment().get_template(name).render(values)


def when(value: int | str | None) -> str:
    """A time as people in the school read it: "Mon 23 Nov 2026, 18:05"; epoch seconds or RFC 3339."""
    if value is None:
        return "never"
    moment = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
    local = moment.astimezone(LONDON)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def exactly(value: str) -> str:
    """The same to the second, which tells apart what was started in one minute."""
    seconds = datetime.fromisoformat(value).astimezone(LONDON)
    return f"{when(value)}:{seconds:%S}"


def language(code: str) -> str:
    """The name that the speakers of a mail's language have for it."""
    return LANGUAGES[code].name if code in LANGUAGES else code


def day(value: str) -> str:
    """A date as people read it: 2026-11-23 as "Mon 23 Nov 2026"."""
    found = date.fromisoformat(value)
    return f"{found:%a} {found.day} {found:%b %Y}"


def last_day(value: str) -> str:
    """The last day before a moment (RFC 3339) that ends a day: a code that ends at midnight works until the day before."""
    return f"{datetime.fromisoformat(value) - timedelta(seconds=1):%Y-%m-%d}"


def number(value: int) -> str:
    """1234 as "1,234"."""
    return f"{value:,}"


def asked(values: dict[str, str]) -> str:
    """What was asked for, as a query string; without what was not."""
    return urlencode({name: value for name, value in values.items() if value})


def duration(seconds: int) -> str:
    """90 as "about 2 minutes"."""
    if seconds < 60:
        return "less than a minute"
    minutes = -(-seconds // 60)
    return f"about {minutes} minute{'s' if minutes > 1 else ''}" if minutes < 90 else f"about {round(minutes / 60)} hours"
