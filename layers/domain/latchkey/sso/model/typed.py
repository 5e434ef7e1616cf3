"""What is typed or posted of one connection, field by field."""

import re
from base64 import b64decode
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from latchkey.people.model.person import Role
from latchkey.shared.model.clock import ZONE

Wrong = dict[str, str]
GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST_CERTIFICATE: Final = 8_000
"""Characters of a certificate that is pasted: a key of 4,096 bits takes 2,500."""
_FRAMED: Final = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----")
_PRINTED: Final = re.compile(r"[!-~]+")
_LONGEST: Final[Mapping[str, int]] = {"client_id": 200, "match_claim": 200, "client_secret": 1_000}


class Typed:
    """The values of one connection; ``Wrong`` gets what cannot be used, under ``name.field``."""

    def __init__(self, name: str, values: Mapping[str, Any], wrong: Wrong) -> None:
        self.name = name
        self.values = values
        self._wrong = wrong

    def wrong(self, field_name: str, words: str, *, only_first: bool = False) -> None:
        """Something is wrong with a field."""
        name = f"{self.name}.{field_name}"
        if not only_first or name not in self._wrong:
            self._wrong[name] = words

    def text(self, name: str, now: str, longest: int) -> str:
        """A text of a line."""
        found = self.values.get(name, now)
        if not isinstance(found, str) or len(found.strip()) > longest or not found.strip().isprintable():
            self.wrong(name, f"Enter at most {longest} characters on one line.")
            return now
        return found.strip()

    def printed(self, name: str, now: str, what: str) -> str:
        """A text without blanks: ids and names that are pasted."""
        found = self.values.get(name, now)
        found = found.strip() if isinstance(found, str) else None
        if found is None or len(found) > _LONGEST[name] or (found and not _PRINTED.fullmatch(found)):
            self.wrong(name, f"{what}: paste it without blanks, at most {_LONGEST[name]} characters.")
            return now
        return found

    def secret(self, name: str) -> str | None:
        """A secret that is given; empty leaves the one that is kept."""
        given = self.values.get(name)
        if given is None or given == "":
            return None
        found = given.strip() if isinstance(given, str) else ""
        if not _PRINTED.fullmatch(found) or len(found) > _LONGEST[name]:
            self.wrong(name, "The client secret: paste it without blanks, as the provider shows it once.")
            return None
        if GUID.fullmatch(found.lower()):
            self.wrong(name, "That is the secret’s ID. Paste its value: Microsoft shows it once, right after it is made.")
            return None
        return found

    def certificate(self, name: str, now: str) -> str:
        """One certificate, pasted with its frame or without: the base64 of its DER form. Nobody has looked inside yet."""
        found = self.values.get(name, now)
        text = found.strip() if isinstance(found, str) and len(found) <= LONGEST_CERTIFICATE else None
        if text == "":
            return ""
        if text is not None and "PRIVATE KEY" in text:
            self.wrong(name, "That is a private key, which is nobody’s business here. Paste the certificate alone.")
            return now
        framed = _FRAMED.fullmatch(text or "")
        body = "".join((framed[1] if framed else text or "").split())
        if not _is_der(body):
            self.wrong(
                name, "Paste one certificate: it begins with -----BEGIN CERTIFICATE----- and ends with -----END CERTIFICATE-----."
            )
            return now
        return body

    def flag(self, name: str, now: bool) -> bool:
        """True or false."""
        found = self.values.get(name, now)
        if not isinstance(found, bool):
            self.wrong(name, "This must be true or false.")
            return now
        return found

    def roles(self, name: str, now: tuple[Role, ...], of: tuple[Role, ...]) -> tuple[Role, ...]:
        """Roles, in our order."""
        found = self.values.get(name, list(now))
        if not isinstance(found, list) or not all(isinstance(each, str) and each in of for each in found):
            self.wrong(name, f"Choose from {', '.join(of)}.")
            return now
        return tuple(role for role in of if role in found)

    def day(self, name: str, now: int | None) -> int | None:
        """The last moment of a day, by the clock of schools, in epoch seconds; None: no end."""
        if name not in self.values:
            return now
        given = self.values[name]
        if given is None or given == "":
            return None
        try:
            found = date.fromisoformat(given.strip()) if isinstance(given, str) else None
        except ValueError:
            found = None
        if found is None or not 2000 <= found.year <= 2100:
            self.wrong(name, "Enter the day as on the provider’s page, like 2027-08-31, or leave it empty.")
            return now
        return last_moment(found)


def _is_der(body: str) -> bool:
    """Whether a text is the base64 of a DER sequence of just this length, as a certificate is."""
    try:
        data = b64decode(body, validate=True)
    except ValueError:
        return False
    if data[:1] != b"\x30" or data[1:2] != b"\x82":  # of 256 to 65,535 bytes: no certificate is shorter
        return False
    return int.from_bytes(data[2:4]) == len(data) - 4


def last_moment(day: date) -> int:
    """The last second of a day by the clock of schools, in epoch seconds."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE))
    return int((midnight + timedelta(days=1)).timestamp()) - 1


def day_of(at: int) -> str:
    """The day of a moment by the clock of schools, as ``secret_ends_on`` has it."""
    return datetime.fromtimestamp(at, ZoneInfo(ZONE)).date().isoformat()
