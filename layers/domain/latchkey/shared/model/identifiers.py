"""What people type to say who they are: e-mail addresses and usernames.

Stored values are normalised as they come in, so two different stored identifiers never share a look-up key
(Django CVE-2019-19844: Unicode case mappings made two addresses one), and mail only ever goes to a stored address.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable

# One strict pattern before any parser: parsers disagree (CVE-2023-27043). RFC 5321 lengths; ASCII only.
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
# What a mail puts around a login in Urdu, and what may be copied with it.
_AROUND = " \u2068\u2069\u200e\u200f"
_UNSEEN = frozenset({"Cf", "Zs", "Zl", "Zp"})
_STRAIGHT = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\uff07", "'"))  # what phones and Word make of an apostrophe
_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")


def email(text: object) -> str | None:
    """The normalised address (lower-case ASCII, at most 254 characters, local part at most 64), or None.

    An international domain is kept as mail servers and SES write it: ``schüle.example`` is ``xn--schle-mva.example``.
    """
    if not isinstance(text, str) or len(text) > 320:
        return None
    value = text.strip(_AROUND)
    if not value.isascii():  # before lower(), which makes some other letters ASCII
        value = _with_ascii_domain(value)
    value = value.lower()
    if len(value) > 254 or value.find("@") > 64 or not _EMAIL.fullmatch(value):
        return None
    return value


def _with_ascii_domain(address: str) -> str:
    """The address with its international domain as mail servers write it (``xn--...``); "" where that is not one and the same."""
    local, _, domain = address.rpartition("@")
    domain = unicodedata.normalize("NFC", domain).lower()
    # Where the standards of 2003 and 2008 name two domains, mail could go to a stranger's.
    if not local.isascii() or any(char in domain for char in "ßς\u200c\u200d"):
        return ""
    try:
        ascii_domain = domain.encode("idna")
        same = ascii_domain.decode("idna") == domain
    except UnicodeError:
        return ""
    return f"{local}@{ascii_domain.decode()}" if same else ""


def readable(address: str) -> str:
    """A stored address as people write it: ``xn--schle-mva.example`` is ``schüle.example``. For showing only.

    Where several scripts are mixed in a word of the domain it stays as it is, because it could be made to look like another.
    """
    local, _, domain = address.rpartition("@")
    if "xn--" not in domain:
        return address
    try:
        shown = domain.encode().decode("idna")
    except UnicodeError:
        return address
    scripts = ({unicodedata.name(char, "?").split()[0] for char in word if not char.isascii()} for word in shown.split("."))
    plain = (any(char.isascii() and char.isalpha() for char in word) for word in shown.split("."))
    mixed = any(len(found) > 1 or (ascii_too and found - {"LATIN"}) for found, ascii_too in zip(scripts, plain, strict=True))
    return address if mixed else f"{local}@{shown}"


def typed(text: str) -> str:
    """What somebody typed or pasted to say who they are, without what nobody sees and what programs put around it.

    What is inside stays, also what only looks like something else: it is no part of a login.
    """
    seen = _bare(text)
    if seen[:7].casefold() == "mailto:":
        seen = seen[7:].partition("?")[0]
    return _bare(seen).translate(_STRAIGHT)


def _bare(text: str) -> str:
    """Without blanks, line ends and signs that cannot be seen, at both ends."""
    first, last = 0, len(text)
    while first < last and _is_unseen(text[first]):
        first += 1
    while last > first and _is_unseen(text[last - 1]):
        last -= 1
    return text[first:last]


def _is_unseen(char: str) -> bool:
    return char in "\t\r\n" or unicodedata.category(char) in _UNSEEN


def username(text: object) -> str | None:
    """The normalised username (1 to 64 of a-z, 0-9, dot, underscore, hyphen), or None."""
    if not isinstance(text, str) or len(text) > 128:
        return None
    value = text.strip(_AROUND)
    if not value.isascii():
        return None
    value = value.lower()
    return value if _USERNAME.fullmatch(value) else None


def key_label(school: str, epoch: int) -> str:
    """What KMS derives the key of a school's look-up keys from; epoch 0 is that of the first release."""
    return f"latchkey/lookup/v1/{school}/{epoch}" if epoch else f"latchkey/lookup/v1/{school}"


def lookup(key: bytes, kind: str, value: str) -> str:
    """HMAC-SHA-256 of an identifier under a school's key, 32 hex digits: can stand in an index or a queue message."""
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


def typed_lookup(key: bytes, text: str) -> tuple[str, str]:
    """``(kind, lookup key)`` of whatever someone typed, known or not; the same work for every text up to 320 characters."""
    address = email(text)
    if address is not None:
        return "email", lookup(key, "email", address)
    return "username", lookup(key, "username", username(text) or "\0" + text[:320])


def typed_lookups(keys: Iterable[bytes], text: str) -> tuple[str, list[str]]:
    """The same under each of several keys, in their order."""
    found = [typed_lookup(key, text) for key in keys]
    return found[0][0], [each for _, each in found]
