"""An admin trusts addresses that mail came back from: those of one person, or of everybody of a domain, which takes a worker."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from latchkey.errors import Invalid
from latchkey.shared.model.ids import is_id

TrustState = Literal["queued", "running", "finished"]
_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])", re.ASCII)
_LONGEST: Final = 253
_WRONG: Final = "Give the part behind the @ of an address, such as school.example."
_ONE: Final = "Give a domain or a person, and not both."


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """A domain whose people are to be mailed again. Times in epoch seconds.

    ``after``: the position in the list of people up to which it is done. ``looked`` people were read, of whom ``taken`` were
    marked and no longer are.
    """

    id: str
    domain: str
    created_at: int
    created_by: str
    state: TrustState = "queued"
    after: tuple[str | int, ...] = ()
    looked: int = 0
    taken: int = 0

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has something left to do."""
        return self.state != "finished"


def parse_trust(fields: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """``(domain, person)`` of a request, one of them None; ``Invalid`` names every field that cannot be used."""
    domain, person = fields.get("domain") or None, fields.get("person") or None
    if domain is None and person is None:  # the field that the page has
        raise Invalid("Nothing was changed.", fields={"domain": _ONE})
    if domain is not None and person is not None:
        raise Invalid("Nothing was changed.", fields={"domain": _ONE, "person": _ONE})
    if domain is not None:
        return parse_domain(domain), None
    if not isinstance(person, str) or not is_id(person):
        raise Invalid("Nothing was changed.", fields={"person": "This does not have the form of an id."})
    return None, person


def parse_domain(value: object, field: str = "domain") -> str:
    """A domain of e-mail addresses in lower case, with or without the @ in front; ``Invalid`` names the field."""
    domain = value.strip().removeprefix("@").lower() if isinstance(value, str) and value.isascii() else ""
    if len(domain) > _LONGEST or _DOMAIN.fullmatch(domain) is None:
        raise Invalid("Nothing was changed.", fields={field: _WRONG})
    return domain
