"""What a school may choose: bounds, forms and lengths of its settings."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, Final, get_args

from latchkey.errors import Invalid
from latchkey.people.model.groups import year_group
from latchkey.people.model.person import ROLES, Role
from latchkey.schools.model import address_ranges, logo, page_rules
from latchkey.schools.model.school import (
    DAY,
    Afterwards,
    ApprovalRule,
    FamilyRule,
    NamesRule,
    PhoneRule,
    SecondFactorRule,
    Settings,
    SingleSignOn,
    StudentEmail,
    Word,
    Words,
    plain_connection,
)
from latchkey.shared.model import identifiers
from latchkey.shared.model.languages import LANGUAGES

HOUR: Final = 3_600
# A link in a mail must live long enough to be read and short enough that a forgotten mail is worth nothing.
LIVES: Final[Mapping[str, tuple[int, int]]] = {
    "welcome_life": (HOUR, 30 * DAY),
    "reset_life": (HOUR, 7 * DAY),
    "forgot_life": (600, DAY),
    "code_life": (DAY, 365 * DAY),
}
NAMES: Final[Mapping[str, str]] = {
    "welcome_life": "First password links that you send",
    "reset_life": "New password links that you send",
    "forgot_life": "Links that people ask for themselves",
    "code_life": "PINs and parent codes",
    "help_line": "Where people find help",
    "office_hours": "Office hours",
    "notice": "The notice",
    "sso.provider": "The provider",
    "sso.label": "The words on the button",
    "sso.help": "What to do if it does not work",
}
NAMES_RULES: Final[tuple[NamesRule, ...]] = get_args(NamesRule)
AFTERWARDS: Final[tuple[Afterwards, ...]] = get_args(Afterwards)
SECOND_FACTOR_RULES: Final[tuple[SecondFactorRule, ...]] = get_args(SecondFactorRule)
WORDS: Final[tuple[Word, ...]] = get_args(Word)
STUDENT_EMAILS: Final[tuple[StudentEmail, ...]] = get_args(StudentEmail)
MOST_ALONE: Final = 100_000
TEXTS: Final[Mapping[str, int]] = {"help_line": 200, "office_hours": 300, "notice": 1000}
_LINES: Final = frozenset({"office_hours", "notice"})
SSO_TEXTS: Final[Mapping[str, int]] = {"provider": 60, "label": 80, "help": 500}
_DOMAIN: Final = re.compile(r"(?=.{1,80}\Z)(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+[a-z]{2,24}")
_COLOUR: Final = re.compile("#[0-9a-f]{6}")
_FIELDS: Final = (*(each.name for each in fields(Settings)), "logo_png")
WORDS_OF: Final = tuple(each.name for each in fields(Words))
FAMILY: Final = tuple(each.name for each in fields(FamilyRule))
_SSO_FIELDS: Final = tuple(each.name for each in fields(SingleSignOn))
# One strict pattern instead of a parser: parsers and browsers disagree about \, @, tabs and missing slashes.
_URL: Final = re.compile(
    r"https://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
    r"(?::[1-9][0-9]{1,4})?(?:/[A-Za-z0-9._~!$&'()*+,;=:%/-]*)?(?:\?[A-Za-z0-9._~!$&'()*+,;=:%/?-]*)?"
)
Wrong = dict[str, str]


def change(settings: Settings, values: Mapping[str, object]) -> Settings:
    """The settings with these changes; what is not named stays. ``Invalid`` names every field that cannot be used."""
    wrong: Wrong = {name: "There is no such setting." for name in values if name not in _FIELDS}
    facts: dict[str, Any] = {}
    for name, (shortest, longest) in LIVES.items():
        if name in values:
            facts[name] = _life(name, values[name], shortest, longest, wrong)
    for name, length in TEXTS.items():
        if name in values:
            facts[name] = _text(name, values[name], length, wrong, lines=name in _LINES)
    facts |= _of_mails(settings, values, wrong)
    facts |= {name: page_rules.time(name, values[name], wrong) for name in page_rules.TIMES if name in values}
    for name, rule in _OTHERS.items():
        if name in values:
            facts[name] = rule(values[name], wrong)
    for name, grouped in _GROUPED.items():
        if name in values:
            facts[name] = grouped(getattr(settings, name), values[name], wrong)
    after = page_rules.settled(replace(settings, **facts), wrong)
    if wrong:
        raise Invalid("Nothing was changed, because some of it cannot be used.", fields=wrong)
    return after


def _of_mails(settings: Settings, values: Mapping[str, object], wrong: Wrong) -> dict[str, str | None]:
    facts: dict[str, str | None] = {}
    if "reply_to" in values:
        facts["reply_to"] = _address(values["reply_to"], wrong)
    if "language" in values:
        facts["language"] = _language(values["language"], wrong)
    if "logo" in values and values["logo"] != settings.logo:
        wrong["logo"] = "Send the picture itself, as logo_png."
    if "logo_png" in values:
        facts["logo"] = _logo(values["logo_png"], wrong)
    return facts


def _sso(sso: SingleSignOn, values: object, wrong: Wrong) -> SingleSignOn:
    if not isinstance(values, Mapping):
        wrong["sso"] = "This must be an object."
        return sso
    wrong |= {f"sso.{name}": "There is no such setting." for name in values if name not in _SSO_FIELDS}
    facts: dict[str, Any] = {}
    for name, length in SSO_TEXTS.items():
        if name in values:
            facts[name] = _text(f"sso.{name}", values[name], length, wrong)
    if "roles" in values:
        connected = {role for each in sso.connections for role in each.roles}
        asked = _roles("sso.roles", values["roles"], wrong)
        facts["roles"] = tuple(role for role in ROLES if role in asked or role in connected)
    if "url" in values:
        facts["url"] = _url(values["url"], wrong)
    elsewhere = {
        "connections": [plain_connection(each) for each in sso.connections],
        "admins": sso.admins,
        "local_admins": list(sso.local_admins),
    }
    for name, now in elsewhere.items():
        if values.get(name, now) != now:
            wrong[f"sso.{name}"] = "Change this under Single sign-on (settings/sso)."
    return replace(sso, **facts)


def _roles(name: str, roles: object, wrong: Wrong) -> tuple[Role, ...]:
    if isinstance(roles, list) and all(isinstance(role, str) and role in ROLES for role in roles):
        return tuple(role for role in ROLES if role in roles)
    wrong[name] = "Choose from student, teacher, staff and parent."
    return ()


def _phones(rule: PhoneRule, values: object, wrong: Wrong) -> PhoneRule:
    if not isinstance(values, Mapping):
        wrong["phones"] = "This must be an object."
        return rule
    wrong |= {f"phones.{name}": "There is no such setting." for name in values if name not in {"roles", "alone"}}
    roles = _roles("phones.roles", values["roles"], wrong) if "roles" in values else rule.roles
    alone = values.get("alone", rule.alone)
    if not isinstance(alone, bool):
        wrong["phones.alone"] = "This must be true or false."
        alone = rule.alone
    return PhoneRule(roles=roles, alone=alone)


def _second_factor(value: object, wrong: Wrong) -> SecondFactorRule:
    for each in SECOND_FACTOR_RULES:
        if value == each:
            return each
    wrong["second_factor"] = f"Choose one of {', '.join(SECOND_FACTOR_RULES)}."
    return "required"


def _approval(rule: ApprovalRule, values: object, wrong: Wrong) -> ApprovalRule:
    if not isinstance(values, Mapping):
        wrong["approval"] = "This must be an object."
        return rule
    wrong |= {f"approval.{name}": "There is no such setting." for name in values if name not in {"above", "staff"}}
    above, staff = values.get("above", rule.above), values.get("staff", rule.staff)
    if above is not None and (isinstance(above, bool) or not isinstance(above, int) or not 0 <= above <= MOST_ALONE):
        wrong["approval.above"] = f"How many people one admin may send to alone: choose 0 to {MOST_ALONE:,}, or leave it empty."
        above = rule.above
    if not isinstance(staff, bool):
        wrong["approval.staff"] = "This must be true or false."
        staff = rule.staff
    return ApprovalRule(above=above, staff=staff)


def _family(rule: FamilyRule, values: object, wrong: Wrong) -> FamilyRule:
    if not isinstance(values, Mapping):
        wrong["family"] = "This must be an object."
        return rule
    wrong |= {f"family.{name}": "There is no such setting." for name in values if name not in FAMILY}
    facts: dict[str, Any] = {name: values[name] for name in FAMILY if name in values}
    flags = [name for name in facts if name != "parent_code_from"]
    wrong |= {f"family.{name}": "This must be true or false." for name in flags if not isinstance(facts[name], bool)}
    if lowest := facts.get("parent_code_from", ""):
        found = year_group(lowest.strip()) if isinstance(lowest, str) else None
        if found is None:
            wrong["family.parent_code_from"] = "Give a year group, like 7 or R, or leave it empty."
        facts["parent_code_from"] = found or ""
    return replace(rule, **facts)


def _words(words: Words, values: object, wrong: Wrong) -> Words:
    if not isinstance(values, Mapping):
        wrong["words"] = "This must be an object."
        return words
    wrong |= {f"words.{name}": "There is no such setting." for name in values if name not in WORDS_OF}
    facts: dict[str, Any] = {name: values[name] for name in WORDS_OF if name in values}
    wrong |= {f"words.{name}": f"Choose one of {', '.join(WORDS)}." for name, value in facts.items() if value not in WORDS}
    return replace(words, **facts)


def _life(name: str, value: object, shortest: int, longest: int, wrong: Wrong) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value % 60:
        wrong[name] = f"{NAMES[name]}: a whole number of minutes, given in seconds."
        return shortest
    if not shortest <= value <= longest:
        wrong[name] = f"{NAMES[name]}: choose {in_words(shortest)} to {in_words(longest)}."
    return value


def _text(name: str, value: object, longest: int, wrong: Wrong, *, lines: bool = False) -> str:
    text = value.strip().replace("\r\n", "\n") if isinstance(value, str) else None
    if text is None or len(text) > longest:
        wrong[name] = f"{NAMES[name]}: a text of at most {longest:,} characters."
        return ""
    if not all(char.isprintable() or (lines and char == "\n") for char in text):
        wrong[name] = f"{NAMES[name]}: there is a character that cannot be used here."
        return ""
    return text


def _address(value: object, wrong: Wrong) -> str | None:
    if value is None or value == "":
        return None
    address = identifiers.email(value)
    if address is None:
        wrong["reply_to"] = "Enter one e-mail address, like office@school.example."
    return address


def _language(value: object, wrong: Wrong) -> str:
    if isinstance(value, str) and value in LANGUAGES:
        return value
    wrong["language"] = f"Choose one of {', '.join(LANGUAGES)}."
    return ""


def _colour(value: object, wrong: Wrong) -> str:
    colour = value.strip().lower() if isinstance(value, str) else None
    if colour and not _COLOUR.fullmatch(colour):
        colour = None
    if colour is None:
        wrong["colour"] = "Give the colour as # and six characters, like #1b4d5c, or leave it empty."
    return colour or ""


def _laestab(value: object, wrong: Wrong) -> str:
    """The seven digits, however a person or the register of schools separates the two numbers."""
    digits = re.sub(r"[\s/-]", "", value) if isinstance(value, str) else None
    if digits and not (len(digits) == 7 and digits.isascii() and digits.isdecimal()):
        digits = None
    if digits is None:
        wrong["laestab"] = "Give the LAESTAB as seven digits, like 801/1250, or leave it empty."
    return digits or ""


def _domains(name: str) -> Callable[[object, Wrong], str]:
    """The rule of a setting that holds domains, however they are separated."""

    def rule(value: object, wrong: Wrong) -> str:
        text = value.casefold() if isinstance(value, str) else "?"
        found = list(dict.fromkeys(part.lstrip("@") for part in re.split(r"[\s,;]+", text) if part))
        if len(found) > 10 or not all(_DOMAIN.fullmatch(each) for each in found):
            wrong[name] = "Give at most 10 domains, like pupils.school.example, or leave it empty."
            return ""
        return " ".join(found)

    return rule


def _student_email(value: object, wrong: Wrong) -> StudentEmail:
    for each in STUDENT_EMAILS:
        if value == each:
            return each
    wrong["student_email"] = f"Choose one of {', '.join(STUDENT_EMAILS)}."
    return "optional"


def _ranges(value: object, wrong: Wrong) -> tuple[str, ...]:
    """The school's own addresses: a list, or a text in which they stand one a line."""
    parts = address_ranges.typed(value) if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(each, str) for each in parts):
        wrong["address_ranges"] = "This must be a list of ranges, like 203.0.113.0/24."
        return ()
    try:
        return address_ranges.read(parts)
    except address_ranges.NoRange as error:
        wrong["address_ranges"] = str(error)
        return ()


def _names(value: object, wrong: Wrong) -> NamesRule:
    for each in NAMES_RULES:
        if value == each:
            return each
    wrong["names"] = f"Choose one of {', '.join(NAMES_RULES)}."
    return "preferred"


def _afterwards(value: object, wrong: Wrong) -> Afterwards:
    for each in AFTERWARDS:
        if value == each:
            return each
    wrong["afterwards"] = f"Choose one of {', '.join(AFTERWARDS)}."
    return "ask"


def _logo(value: object, wrong: Wrong) -> str:
    if value is None or value == "":
        return ""
    try:
        return logo.read(value).id
    except logo.NoLogo as error:
        wrong["logo_png"] = str(error)
        return ""


def _url(value: object, wrong: Wrong) -> str:
    if value == "":
        return ""
    if not isinstance(value, str) or len(value) > 500 or not _URL.fullmatch(value):
        wrong["sso.url"] = "Enter an address that begins with https:// and names a site, like https://login.school.example/."
        return ""
    return value


_OTHERS: Final[Mapping[str, Callable[[object, Wrong], object]]] = {
    "address_ranges": _ranges,
    "colour": _colour,
    "form_origins": page_rules.origins,
    "laestab": _laestab,
    "student_domains": _domains("student_domains"),
    "staff_domains": _domains("staff_domains"),
    "student_email": _student_email,
    "names": _names,
    "afterwards": _afterwards,
    "second_factor": _second_factor,
}


_GROUPED: Final[Mapping[str, Callable[[Any, object, Wrong], object]]] = {
    "sso": _sso,
    "approval": _approval,
    "words": _words,
    "phones": _phones,
    "family": _family,
}


def unit_of(seconds: int) -> tuple[int, str]:
    """A life in the largest unit that divides it: ``(14, "days")``."""
    for size, unit in ((DAY, "days"), (HOUR, "hours")):
        if seconds % size == 0:
            return seconds // size, unit
    return seconds // 60, "minutes"


UNITS: Final[Mapping[str, int]] = {"minutes": 60, "hours": HOUR, "days": DAY}


def in_words(seconds: int) -> str:
    """A life as people say it: "14 days", "1 hour"."""
    count, unit = unit_of(seconds)
    return f"{count} {unit if count != 1 else unit[:-1]}"
