"""Pages: Jinja templates with autoescape; loaded only when somebody asks for a page."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, ModuleLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from latchkey.shared.catalogues import catalogue
from latchkey.shared.model.clock import ZONE, local, read_rfc3339
from latchkey.shared.model.identifiers import readable
from latchkey.shared.model.languages import LANGUAGES, Language
from latchkey.shared.model.texts import Catalogue, said, said_count, translated
from web.assets import asset
from web.colours import colours

FOLDER = Path(__file__).parent
MADE = FOLDER / "made"
"""The templates that the build has compiled (functions/build/templates.py); not there in development."""
LONDON = ZoneInfo(ZONE)
_READER: ContextVar[tuple[Language, Catalogue]] = ContextVar("reader")
"""The language of the page that is being made; set for as long as that takes."""
_ADDRESSES: Final = ("/", "https://", "http://", "mailto:", "#")
# Translators: the names of the days, as short as in a calendar, with a space between each.
_DAYS: Final = said("Mon Tue Wed Thu Fri Sat Sun")
# Translators: the names of the months, as they stand in a date, short, with a space between each.
_MONTHS: Final = said("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")


@cache
def environment() -> Environment:
    """The environment of all templates: what is missing in a page is an error, not a gap.

    One for all languages. What depends on the reader's is called while the page is made, so it takes the context: Jinja would
    work out a filter of a constant once and for all.
    """
    compiled = MADE.is_dir()
    made: Any = Environment(
        loader=ModuleLoader(MADE) if compiled else FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[] if compiled else ["jinja2.ext.i18n"],  # it reads "trans" while a template is compiled
    )
    made.policies["ext.i18n.trimmed"] = True
    made.newstyle_gettext = True
    made.globals.update(gettext=_gettext, ngettext=_ngettext, _=_gettext)
    made.globals.update(
        asset=asset,
        colours=colours,
        problem=None,
        typed={},
        school=None,
        person=None,
        advice=None,
        here=None,
        languages=list(LANGUAGES.values()),
    )
    of_the_reader: dict[str, Callable[..., str]] = {
        "when": when,
        "exactly": exactly,
        "day": day,
        "number": number,
        "duration": duration,
        "tr": tr,
    }
    made.filters.update({name: pass_context(_without_context(each)) for name, each in of_the_reader.items()})
    made.filters.update(clock=clock, last_day=last_day, asked=asked, language=language, readable=readable)
    return made


def load(names: Iterable[str]) -> None:
    """Have these templates ready, with what they are made of, before somebody asks for them."""
    for name in names:
        environment().get_template(name)
    catalogue("en")


def render(name: str, values: dict[str, Any], language: str = "en") -> str:
    """The page of a template in a language."""
    with reading(language) as reader:
        return environment().get_template(name).render({"reader": reader, **values})


@contextmanager
def reading(code: str) -> Iterator[Language]:
    """While a page for somebody who reads this language is made."""
    found = catalogue(code)
    token = _READER.set(found)
    try:
        yield found[0]
    finally:
        _READER.reset(token)


def tr(text: str) -> str:
    """A text made by the code, in the reader's language."""
    return translated(text, _texts())


def when(value: int | str | None) -> str:
    """A time as people in the school read it: "Mon 23 Nov 2026, 18:05"; epoch seconds or RFC 3339."""
    if value is None:
        return tr(said("never"))
    moment = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
    there = moment.astimezone(LONDON)
    return tr(said("{day}, {time}", day=_day(there), time=f"{there:%H:%M}"))


def exactly(value: str) -> str:
    """The same to the second, which tells apart what was started in one minute."""
    seconds = datetime.fromisoformat(value).astimezone(LONDON)
    return f"{when(value)}:{seconds:%S}"


def language(code: str) -> str:
    """The name that the speakers of a mail's language have for it."""
    return LANGUAGES[code].name if code in LANGUAGES else code


def day(value: str) -> str:
    """A date as people read it: 2026-11-23 as "Mon 23 Nov 2026"."""
    return _day(date.fromisoformat(value))


def last_day(value: str) -> str:
    """The last day before a moment (RFC 3339) that ends a day: a code that ends at midnight works until the day before."""
    return f"{datetime.fromisoformat(value) - timedelta(seconds=1):%Y-%m-%d}"


def clock(value: str) -> str:
    """A time (RFC 3339) as a form's field for a day and a time has it, by the school's clock; nothing stays nothing."""
    return local(read_rfc3339(value)) if value else ""


def number(value: int) -> str:
    """1234 as "1,234"."""
    return f"{value:,}".replace(",", _reader()[0].thousands)


def asked(values: Mapping[str, str | list[str]]) -> str:
    """What was asked for, as a query string; without what was not."""
    return urlencode({name: value for name, value in values.items() if value}, doseq=True)


def duration(seconds: int) -> str:
    """90 as "about 2 minutes"."""
    if seconds < 60:
        return tr(said("less than a minute"))
    minutes = -(-seconds // 60)
    if minutes < 90:
        return tr(said_count("about {count} minute", "about {count} minutes", minutes))
    return tr(said_count("about {count} hour", "about {count} hours", round(minutes / 60)))


def _day(value: date) -> str:
    names, months = tr(_DAYS).split(), tr(_MONTHS).split()
    return tr(
        said(
            "{weekday} {day} {month} {year}",
            weekday=names[value.weekday()],
            day=value.day,
            month=months[value.month - 1],
            year=value.year,
        )
    )


def _reader() -> tuple[Language, Catalogue]:
    return _READER.get(None) or catalogue("en")


def _texts() -> Catalogue:
    return _reader()[1]


@pass_context
def _gettext(context: Context, message: str, /, **values: object) -> str:
    """Jinja's new style: the message filled in, and what fills it escaped."""
    return _filled(context, _texts().gettext(message), values)


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int, /, **values: object) -> str:
    return _filled(context, _texts().ngettext(one, many, count), {"num": count, **values})


def _filled(context: Context, message: str, values: dict[str, object]) -> str:
    isolated = {name: _isolated(value) for name, value in values.items()}
    # Messages are ours, and the build looks at the tags of their translations; Markup escapes what fills them.
    return (Markup(message) if context.eval_ctx.autoescape else message) % isolated  # noqa: S704


def _isolated(value: object) -> object:
    """What fills a message of a page that is read from right to left, so that a name or a username does not come out in pieces.

    Marks instead of ``<bdi>``, because a message may stand in an attribute; an address is never shown, and stays as it is.
    """
    if (
        not isinstance(value, str)
        or not _reader()[0].right_to_left
        or value.startswith(("/", "https://", "http://", "mailto:", "#"))
    ):
        return value
    return Markup("\u2068") + value + Markup("\u2069")


def _without_context(of_the_reader: Callable[..., str]) -> Callable[..., str]:
    def filtered(_: Any, *arguments: Any) -> str:
        return of_the_reader(*arguments)

    return filtered
