"""The upload's key, and messages of the two workers: ids only."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.errors import Poison
from latchkey.shared.model.ids import is_slug
from latchkey.shared.model.messages import Message
from latchkey.shared.model.upload_events import key_of, records_of

_FOLDER: Final = "contacts/"
_KEY: Final = re.compile(r"contacts/([a-z0-9-]{2,40})/([0-9a-z]{26})/[0-9a-f]{32}")


def new_key(school: str, run: str) -> str:
    """The key of a new upload, with 128 random bits."""
    return f"contacts/{school}/{run}/{secrets.token_hex(16)}"


@dataclass(frozen=True, slots=True)
class Read:
    """A run's file is to be read; ``key`` is the upload's where it has just come: only a run that waits for that may be."""

    school: str
    run: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class AwaitFile:
    """A run's time for its file is over: it is read if it has come, and the run is ended if not."""

    school: str
    run: str


_KINDS: Final[Mapping[str, type[Read | AwaitFile]]] = {"contacts": Read, "await_contacts": AwaitFile}


def parse(message: object, bucket: str) -> Read | AwaitFile | None:
    """What a message of the roster queue asks for, if it is about contacts (one file); None if it is about anything else."""
    records = records_of(message)
    if records:
        key = key_of(records[0], bucket)
        return _file_came(key) if key.startswith(_FOLDER) else None
    kind = message.get("kind") if isinstance(message, Mapping) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        return None
    ours = Message(message)
    return _KINDS[kind](ours.slug(), ours.id("contacts"))


def _file_came(key: str) -> Read:
    found = _KEY.fullmatch(key)
    if found is None or not is_slug(found[1]):
        raise Poison("This event is not about an upload that we asked for.")
    return Read(found[1], found[2], key)


def read_message(school: str, run: str) -> dict[str, str]:
    """To read_roster: read the run's file (again: columns were named, or another invocation goes on)."""
    return {"kind": "contacts", "school": school, "contacts": run}


def await_message(school: str, run: str) -> dict[str, str]:
    """To read_roster: look for the run's file."""
    return {"kind": "await_contacts", "school": school, "contacts": run}


def files_message(school: str, run: str) -> dict[str, str]:
    """To build_export: write the run's files."""
    return {"school": school, "contacts": run}
