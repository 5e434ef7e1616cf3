"""What a school may say on its public page, and from where people may ask for a link: the rules of these settings."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from latchkey.schools.model.notice import PageNotice
from latchkey.schools.model.school import Settings
from latchkey.shared.model.clock import LeftOut, NoTime, read_local, read_rfc3339, utc

Wrong = dict[str, str]
MOST_ORIGINS: Final = 10
TIMES: Final[Mapping[str, str]] = {
    "notice_starts_at": "When the notice appears",
    "notice_ends_at": "When the notice goes",
}
# A host name with at least one dot, as browsers write it; a laptop's own, so that a form can be tried before it is put up.
_ORIGIN: Final = re.compile(
    r"https://(?=[^:/]{4,253}(?:[:]|\Z))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
    r"(?::[1-9][0-9]{1,4})?"
    r"|http://(?:localhost|127\.0\.0\.1)(?::[1-9][0-9]{1,4})?"
)
_DEFAULT_PORT: Final = ":443"


def time(name: str, value: object, wrong: Wrong) -> str:
    """A moment as RFC 3339 in UTC, or nothing. One without its offset is the time of the school's clock, as a form gives it."""
    if value is None or value == "":
        return ""
    text = value.strip() if isinstance(value, str) else ""
    try:
        return utc(read_rfc3339(text) if _has_offset(text) else read_local(text))
    except LeftOut:
        wrong[name] = f"{TIMES[name]}: the clocks go forward then, and this time is left out."
    except NoTime:
        wrong[name] = f"{TIMES[name]}: give a day and a time, like 27 November 2026, 18:00, or leave it empty."
    return ""


def origins(value: object, wrong: Wrong) -> tuple[str, ...]:
    """The websites of a list, or of a text with one a line: what of an address tells a website, without page and slash."""
    found = value.split() if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        wrong["form_origins"] = "Websites with a form of yours: a list of addresses."
        return ()
    read = list(dict.fromkeys(_origin(each) for each in found))
    if len(read) > MOST_ORIGINS:
        wrong["form_origins"] = f"Websites with a form of yours: at most {MOST_ORIGINS}."
    elif unusable := [each for each in read if not _ORIGIN.fullmatch(each)]:
        wrong["form_origins"] = (
            f"Websites with a form of yours: “{unusable[0][:100]}” cannot be used. Give addresses that begin with https://, "
            "like https://www.school.example, each on a line of its own."
        )
    return tuple(read)


def settled(settings: Settings, wrong: Wrong) -> Settings:
    """The settings without the times of a notice that says nothing; one that would go before it appears is wrong."""
    if not settings.notice:
        return replace(settings, notice_starts_at="", notice_ends_at="")
    notice = PageNotice.of(settings)
    if notice.starts_at is not None and notice.ends_at is not None and notice.ends_at <= notice.starts_at:
        wrong["notice_ends_at"] = f"{TIMES['notice_ends_at']}: choose a time after the one at which it appears."
    return settings


def _has_offset(text: str) -> bool:
    return text[-1:] in {"Z", "z"} or text[-6:-5] in {"+", "-"}


def _origin(text: str) -> str:
    """Scheme and host of what somebody has copied out of the address bar, or typed without the scheme."""
    scheme, found, rest = text.strip().lower().partition("://")
    if not found:
        scheme, rest = "https", scheme
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].removesuffix(".")
    return f"{scheme}://{host.removesuffix(_DEFAULT_PORT) if scheme == 'https' else host}"
