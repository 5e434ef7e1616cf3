"""What every mail is made of: its parts, texts that are safe in it, and the name of its sender."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 200
_SLOT: Final = re.compile(r"\{\{(\w+)\}\}")
TEST: Final = "This is a test. The link in it does not work, and nothing was changed."
_JOINERS: Final = "\u200c\u200d"  # they belong to the spelling of some names


@dataclass(frozen=True, slots=True)
class Template:
    """The three parts of a mail, with ``{{variables}}``."""

    subject: str
    text: str
    html: str


def filled(part: str, variables: Mapping[str, str]) -> str:
    """A part of a mail as SES sends it: each ``{{variable}}`` replaced, and nothing inside of what replaced it."""
    return _SLOT.sub(lambda found: variables.get(found[1], ""), part)


def shared(mail: Template, each: Sequence[Mapping[str, str]]) -> tuple[Template, Sequence[Mapping[str, str]]]:
    """A mail with what all its readers are told alike written into it, and the variables of each that are left.

    So that a call does not say it for each mail. What has a brace stays a variable: in a template it could become one.
    """
    first, *others = each
    if not others:
        return mail, each
    alike = {name: value for name, value in first.items() if "{" not in value and all(other[name] == value for other in others)}
    subject, text, html = (
        _SLOT.sub(lambda found: alike.get(found[1], found[0]), part) for part in (mail.subject, mail.text, mail.html)
    )
    return Template(subject, text, html), [{name: value for name, value in own.items() if name not in alike} for own in each]


def as_test(mail: Template) -> Template:
    """A mail that says that it is a test."""
    html = mail.html.replace("<body>\n", f"<body>\n<p><strong>{TEST}</strong></p>\n", 1)
    return Template(f"Test: {mail.subject}", f"{TEST}\n\n{mail.text}", html)


def plain(text: str) -> str:
    """A text on one line, as it looks: without line breaks, control characters and marks that turn the direction of writing."""
    if not text.isprintable():
        text = "".join(_visible(sign) for sign in text)
    return " ".join(text.split())[:_LONGEST]


def display_name(name: str) -> str:
    """A name in front of an address: quoted, or as RFC 2047 words; no line break or second address can hide in it."""
    name = plain(name)[:100]
    if name.isascii():
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    words: list[str] = []
    part = ""
    for sign in name:
        if len((part + sign).encode()) > 45:  # 60 signs of base64: an encoded word has at most 75
            words.append(part)
            part = ""
        part += sign
    return " ".join(f"=?utf-8?b?{base64.b64encode(word.encode()).decode()}?=" for word in [*words, part])


def _visible(sign: str) -> str:
    if sign.isprintable() or sign in _JOINERS:
        return sign
    return " " if sign.isspace() else ""
