"""Queue messages: JSON objects of ids and HMACs, with a version. Whatever else arrives can never be worked on."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from latchkey.errors import Poison
from latchkey.shared.model.ids import is_id, is_slug

_LOOKUP = re.compile(r"[0-9a-f]{32}")
_LATEST = 4_102_444_800  # the year 2100
_MOST_CHUNKS = 99_999

Choice = TypeVar("Choice", bound=str)


def decoded(body: str) -> object:
    """The JSON value of a message's body; None if it is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


class Message:
    """One message; each getter checks the form and raises ``Poison`` without saying what stood there.

    ``body`` is what the queue brought, or its value where a queue also brings messages that are not ours.
    """

    def __init__(self, body: object) -> None:
        values: Any = decoded(body) if isinstance(body, str) else body
        if not isinstance(values, Mapping) or values.get("v") != 1:
            raise Poison("a message that is no object of version 1")
        self._values: Mapping[str, Any] = values

    def text(self, name: str) -> str:
        """A text of at most 100 characters."""
        value = self._values.get(name)
        if not isinstance(value, str) or len(value) > 100:
            raise Poison(f"a message without a usable {name}")
        return value

    def one_of(self, name: str, choices: Sequence[Choice]) -> Choice:
        """One of a few words."""
        value = self.text(name)
        for choice in choices:
            if value == choice:
                return choice
        raise Poison(f"a message without a usable {name}")

    def slug(self, name: str = "school") -> str:
        """A school's slug."""
        return self._formed(name, is_slug)

    def id(self, name: str) -> str:
        """The id of a person, send or request."""
        return self._formed(name, is_id)

    def ids(self, name: str, most: int) -> list[str]:
        """Ids of people, one at least and so many at most."""
        values = self._values.get(name)
        if not isinstance(values, list) or not 0 < len(values) <= most:
            raise Poison(f"a message without usable {name}")
        if not all(isinstance(value, str) and is_id(value) for value in values):
            raise Poison(f"a message without usable {name}")
        return values

    def lookup(self, name: str) -> str:
        """An identifier's look-up key."""
        return self._formed(name, lambda text: _LOOKUP.fullmatch(text) is not None)

    def optional_lookup(self, name: str) -> str | None:
        """An identifier's look-up key; None where the message names none."""
        return self.lookup(name) if name in self._values else None

    def time(self, name: str = "at") -> int:
        """Epoch seconds."""
        return self._number(name, _LATEST)

    def number(self, name: str) -> int:
        """The number of a chunk, from 1."""
        return self._number(name, _MOST_CHUNKS)

    def has(self, name: str) -> bool:
        """Whether the message names this at all."""
        return name in self._values

    def flag(self, name: str) -> bool:
        """Whether the message says so."""
        return self._values.get(name) is True

    def optional_number(self, name: str, most: int = _MOST_CHUNKS) -> int:
        """A number from 1, or 0 where the message names none."""
        return self._number(name, most) if name in self._values else 0

    def _formed(self, name: str, is_formed: Callable[[str], bool]) -> str:
        value = self.text(name)
        if not is_formed(value):
            raise Poison(f"a message without a usable {name}")
        return value

    def _number(self, name: str, most: int) -> int:
        value = self._values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= most:
            raise Poison(f"a message without a usable {name}")
        return value
