"""What a school's settings hold now, as the console's list of them says it: a line or two for each setting."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from latchkey.schools.model.school import Settings
from latchkey.schools.model.settings_rules import LIVES, NAMES, in_words
from latchkey.shared.model.clock import in_day_and_time, read_rfc3339
from latchkey.shared.model.languages import LANGUAGES

_LONGEST: Final = 90
_ROLES: Final[Mapping[str, str]] = {"student": "students", "teacher": "teachers", "staff": "staff", "parent": "parents"}
STUDENT_EMAIL: Final[Mapping[str, str]] = {
    "optional": "can give an e-mail address",
    "required": "must give an e-mail address",
    "none": "cannot give an e-mail address: a username is enough",
}
NAMES_CHOICES: Final[Mapping[str, str]] = {
    "preferred": "the name that a person is known by, where there is one",
    "legal": "the legal name",
}
AFTERWARDS: Final[Mapping[str, str]] = {
    "ask": "they sign in with it",
    "signed_in": "they are signed in on that device",
}
SECOND_FACTOR: Final[Mapping[str, str]] = {"required": "every admin has to", "optional": "each admin chooses"}
WORDS: Final[Mapping[str, str]] = {
    "ask": "ask in the preview of each file",
    "ours": "keep what was edited here",
    "mis": "take what the file says",
}
WORD_GROUPS: Final[Mapping[str, str]] = {
    "names": "Names",
    "email": "E-mail addresses",
    "username": "Usernames",
    "groups": "Year and registration groups",
    "language": "Languages",
}
LABELS: Final[Mapping[str, str]] = {
    "notice": "Notice on your school’s page",
    "notice_starts_at": "The notice appears",
    "notice_ends_at": "The notice goes",
    "help_line": "Where people find help",
    "office_hours": "When somebody answers",
    "form_origins": "Websites with a form of yours",
    "logo": "Logo",
    "colour": "Colour",
    "language": "Language",
    "reply_to": "Replies to mails go to",
    "names": "Names of people",
    **{name: NAMES[name] for name in LIVES},
    "student_email": "Students who use a PIN",
    "afterwards": "Once somebody has set a password",
    "family": "What students and parents can do",
    "sso": "Your school’s own sign-in",
    "second_factor": "A second step when admins sign in",
    "phones": "Phones in place of passwords",
    "address_ranges": "Addresses of the school’s own network",
    "approval": "A second admin’s approval",
    "laestab": "LAESTAB",
    "words": "Whose word counts",
    "student_domains": "Students have addresses at",
    "staff_domains": "Teachers and staff have addresses at",
}
"""What each setting is called on pages."""


def held(name: str, settings: Settings) -> list[tuple[str, str]]:
    """``(what, value)`` of what a setting holds; none for a name that is no setting."""
    name = "logo" if name == "logo_png" else name
    if name in _GROUPS:
        return _GROUPS[name](settings)
    if name not in LABELS:
        return []
    value = getattr(settings, name)
    if name in LIVES:
        return [(LABELS[name], in_words(value))]
    return [(LABELS[name], _VALUES[name](value) if name in _VALUES else _text(value))]


def changed_in_words(names: str) -> str:
    """The settings of a list of names, as the page says that they were saved: "Notice, Language"; unknown names are left out."""
    return ", ".join(LABELS[name] for name in names.split(".") if name in LABELS)


def _text(value: str | None) -> str:
    if not value:
        return "nothing"
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def roles_in_words(roles: tuple[str, ...]) -> str:
    """Roles as people say them: "students and parents", "nobody"."""
    words = [_ROLES[role] for role in roles]
    if len(words) < 2:
        return words[0] if words else "nobody"
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _time(value: str) -> str:
    """The time of the school's clock: "27 November 2026, 18:00"."""
    return in_day_and_time(read_rfc3339(value))


def _laestab(value: str) -> str:
    return f"{value[:3]}/{value[3:]}" if value else "nothing"


_VALUES: Final[Mapping[str, Callable[[Any], str]]] = {
    "address_ranges": lambda value: ", ".join(value) or "not known",
    "notice_starts_at": lambda value: _time(value) if value else "at once",
    "notice_ends_at": lambda value: _time(value) if value else "when somebody takes it down",
    "form_origins": lambda value: ", ".join(value) or "none",
    "logo": lambda value: "your picture" if value else "none",
    "colour": lambda value: value or "the usual one",
    "language": lambda value: LANGUAGES[value].name if value in LANGUAGES else value,
    "names": lambda value: NAMES_CHOICES[value],
    "student_email": lambda value: STUDENT_EMAIL[value],
    "afterwards": lambda value: AFTERWARDS[value],
    "second_factor": lambda value: SECOND_FACTOR[value],
    "laestab": _laestab,
    "student_domains": lambda value: value or "any domain",
    "staff_domains": lambda value: value or "any domain",
}


def _sso(settings: Settings) -> list[tuple[str, str]]:
    sso = settings.sso
    by = f", with {_text(sso.provider)}" if sso.link_roles and sso.provider else ""
    link = [(LABELS["sso"], roles_in_words(sso.link_roles) + by)] if sso.link_roles or not sso.connections else []
    return [*((f"Single sign-on with {_text(each.label)}", roles_in_words(each.roles)) for each in sso.connections), *link]


def _phones(settings: Settings) -> list[tuple[str, str]]:
    return [(LABELS["phones"], roles_in_words(settings.phones.roles))]


def _approval(settings: Settings) -> list[tuple[str, str]]:
    rule = settings.approval
    above = f"for sends to more than {rule.above:,} people" if rule.above is not None else ""
    staff = "for every send to teachers or staff" if rule.staff else ""
    return [(LABELS["approval"], " and ".join(part for part in (above, staff) if part) or "never needed")]


def _family(settings: Settings) -> list[tuple[str, str]]:
    rule = settings.family
    since = f", from year {rule.parent_code_from} on" if rule.parent_code and rule.parent_code_from else ""
    pins = "yes" if rule.pins_unconfirmed else "yes, once their address is confirmed"
    return [
        ("Students see their parents’ code", _yes(rule.parent_code) + since),
        ("Students can invite their parents", _yes(rule.invitations)),
        ("Parents see their children’s PINs", pins if rule.pins else "no"),
    ]


def _words(settings: Settings) -> list[tuple[str, str]]:
    asked = [each.lower() for name, each in WORD_GROUPS.items() if getattr(settings.words, name) == "ask"]
    return [(LABELS["words"], f"you are asked about {', '.join(asked)}" if asked else "never asked")]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


_GROUPS: Final[Mapping[str, Callable[[Settings], list[tuple[str, str]]]]] = {
    "sso": _sso,
    "phones": _phones,
    "approval": _approval,
    "family": _family,
    "words": _words,
}
