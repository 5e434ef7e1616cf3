"""A request as a view sees it: parsed strictly, because public input is hostile.

A field that comes twice is refused, never "the last one wins" (GitLab CVE-2023-7028); so is a value of another type. Only what
people choose several of may come several times (``SEVERAL``).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

from chalice.app import Request as ChaliceRequest

from latchkey.errors import Invalid, LatchkeyError
from latchkey.shared.model.identifiers import typed
from latchkey.shared.model.texts import said
from web.field_words import missing, too_long, unusable

_LONGEST_LOGIN = 320
LONGEST_BODY = 256 * 1024
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
CONFIRM = "confirm."
"""With what the names of fields begin that confirm who sends a form."""
READS = frozenset({"GET", "HEAD"})
"""Methods that change nothing, so another site may lead a browser here with them."""
SEVERAL = frozenset({"role", "year_group", "registration_group", "reason"})
"""What people choose several of: in a form, or as ``filter.role``, it is a list if it comes more than once."""
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose body has to be one that we read."""


class Malformed(Invalid):
    """The request could not be read."""

    code = "malformed"


class TooLarge(Invalid):
    """The request is too large."""

    code = "too_large"


class UnsupportedMedia(LatchkeyError):
    """Send JSON, or a form."""

    code = "unsupported_media_type"


class NotAllowed(LatchkeyError):
    """This address cannot be asked for in that way."""

    code = "method_not_allowed"


@dataclass(slots=True)
class Request:
    """``query`` and ``fields`` hold each name once; ``context`` collects what the page needs, also if the view fails.
    ``repeated`` are the values of what stands in the query several times (``SEVERAL``), of which ``query`` has the first.

    ``moved_to`` is where the address leads, if a mail program made its fragment a part of the path. ``when_not_found`` is done
    before a 404 is answered. ``path`` is that of the route, with its places unfilled, ``address`` what was asked for.
    ``confirming`` are the fields with which a form confirms that it is still the same person (web/confirming.py); the others are
    ``fields``. ``language`` is that of the page, where the view knows it: the console's is English, that of a password link its
    person's. ``keep_for``: in so many seconds the page says something else, so nobody may keep it longer. ``frames_own``: it
    shows another page of ours in a frame. ``foreign``: the origin of the other site whose page sends this, "" where a browser
    keeps that to itself, None: of no other. ``form_of``: the page that has the form which this is, where there is one.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    fields: Mapping[str, Any]
    source_ip: str
    is_form: bool
    wants_page: bool
    cookies: Mapping[str, str]
    context: dict[str, Any] = field(default_factory=dict)
    moved_to: str | None = None
    when_not_found: Callable[[], None] | None = None
    address: str = ""
    confirming: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    frames_own: bool = False
    keep_for: int | None = None
    foreign: str | None = None
    repeated: Mapping[str, list[str]] = field(default_factory=dict)
    form_of: str | None = None

    def asked(self, names: Iterable[str]) -> dict[str, str | list[str]]:
        """What the query says of these names: a text, or a list of what stands there several times."""
        return {name: self.repeated.get(name, self.query[name]) for name in names if name in self.query}

    def text(self, name: str, *, longest: int = 320, required: bool = True) -> str:
        """A text field, without line breaks or other control characters; ``Invalid`` names the field otherwise."""
        value = self.fields.get(name)
        if value is None or value == "":
            if required:
                raise Invalid(fields={name: missing(name)})
            return ""
        if not isinstance(value, str):
            raise Invalid(fields={name: said("This must be a text.")})
        if len(value) > longest:
            raise Invalid(fields={name: too_long(name, longest)})
        return _usable(name, value)

    def login(self, name: str, *, required: bool = True) -> str:
        """A username or an address that somebody typed or pasted, without what cannot be seen around it."""
        value = self.fields.get(name)
        if not isinstance(value, str) or len(value) > _LONGEST_LOGIN:
            return self.text(name, required=required)
        return _usable(name, typed(value), required=required)

    def flag(self, name: str) -> bool:
        """A true or false field: a JSON boolean, or a ticked box of a form. Missing is false."""
        value = self.fields.get(name)
        if value is None or value is False:
            return False
        if value is True or (self.is_form and value in {"on", "true", "1"}):
            return True
        if self.is_form and value in {"", "false", "0"}:
            return False
        raise Invalid(fields={name: said("This must be true or false.")})

    def is_trial(self) -> bool:
        """Whether to say what would happen and do nothing: ``dry_run``, or a form that does not ``confirm`` it yet."""
        is_sure = self.flag("confirm") if self.is_form else True
        return self.flag("dry_run") or not is_sure


def _usable(name: str, text: str, *, required: bool = False) -> str:
    """A text without line breaks or other control characters; ``Invalid`` names the field otherwise."""
    if required and not text:
        raise Invalid(fields={name: missing(name)})
    if any(ord(char) < 32 or ord(char) == 127 or "\ud800" <= char <= "\udfff" for char in text):
        raise Invalid(fields={name: unusable(name)})
    return text


def bare(raw: ChaliceRequest) -> Request:
    """A request that no view will see: enough of it to know whether a browser asks."""
    headers = {name.lower(): value for name, value in dict(raw.headers).items()}
    cookies = _cookies(headers.get("cookie", ""))
    return Request(raw.method, raw.path, headers, {}, {}, "", False, _prefers_page(headers.get("accept", "")), cookies)


def parse(raw: ChaliceRequest) -> Request:
    """The request; ``Malformed``, ``TooLarge`` or ``UnsupportedMedia`` where its form is wrong."""
    headers = {name.lower(): value for name, value in dict(raw.headers).items()}
    media = headers.get("content-type", JSON).split(";")[0].strip().lower()
    body = raw.raw_body
    content = body.encode() if isinstance(body, str) else body
    if len(content) > LONGEST_BODY:
        raise TooLarge(said("The request is too large."))
    is_form = media == FORM
    if raw.method in WITH_BODY and not is_form and media != JSON:
        raise UnsupportedMedia
    fields, confirming = _form_fields(content) if is_form else (_json(content), {})
    asked = [(name, value) for name in raw.query_params for value in raw.query_params.getlist(name)] if raw.query_params else []
    query = _several(asked)
    return Request(
        method=raw.method,
        path=raw.path,
        headers=headers,
        query={name: value if isinstance(value, str) else value[0] for name, value in query.items()},
        repeated={name: value for name, value in query.items() if not isinstance(value, str)},
        fields=fields,
        source_ip=raw.context.get("identity", {}).get("sourceIp", ""),
        is_form=is_form,
        wants_page=_prefers_page(headers.get("accept", "")),
        cookies=_cookies(headers.get("cookie", "")),
        moved_to=raw.context.get("movedTo"),
        address=raw.context.get("asked", raw.path),
        confirming=confirming,
    )


def _form_fields(content: bytes) -> tuple[dict[str, str | list[str]], dict[str, str]]:
    """The fields of a form, and apart from them those that confirm who sends it."""
    found = _form(content)
    confirming = {name.removeprefix(CONFIRM): str(value) for name, value in found.items() if name.startswith(CONFIRM)}
    return {name: value for name, value in found.items() if not name.startswith(CONFIRM)}, confirming


def _form(content: bytes) -> dict[str, str | list[str]]:
    try:
        return _several(parse_qsl(content.decode(), True, bool(content), errors="strict", max_num_fields=2000))
    except ValueError as error:
        raise Malformed(said("The form could not be read.")) from error


def _json(content: bytes) -> dict[str, Any]:
    if not content:
        return {}
    try:
        found = json.loads(content, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed(said("The body is not valid JSON.")) from error
    if not isinstance(found, dict):
        raise Malformed(said("The body must be a JSON object."))
    return found


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _several(pairs: list[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Each name once, with a list of what may come several times and does."""
    found: dict[str, str | list[str]] = {}
    for name, value in pairs:
        before = found.get(name)
        if before is None:
            found[name] = value
        elif name.removeprefix("filter.") in SEVERAL:
            found[name] = [*([before] if isinstance(before, str) else before), value]
        else:
            raise Malformed(said("A field was given twice."))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed(said("A field was given twice."))
    return found


def _prefers_page(accept: str) -> bool:
    """A browser asks for text/html first; a script asks for JSON or for anything."""
    kinds = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    return "text/html" in kinds and (JSON not in kinds or kinds.index("text/html") < kinds.index(JSON))


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
