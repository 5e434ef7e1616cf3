"""Messages of the roster queue: S3's, when a file has come, and ours: apply, undo, read it otherwise, or look for the file."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.errors import Poison
from latchkey.shared.model.ids import is_slug
from latchkey.shared.model.messages import Message
from latchkey.shared.model.upload_events import key_of, records_of

_KEY: Final = re.compile(r"rosters/([a-z0-9-]{2,40})/([0-9a-z]{26})/[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class FileCame:
    """A file was uploaded: its run is to be previewed. Only a run that waits for exactly this key may be."""

    school: str
    roster: str
    key: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A previewed run is to be applied."""

    school: str
    roster: str


@dataclass(frozen=True, slots=True)
class Undo:
    """An applied run is to be undone."""

    school: str
    roster: str


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """A run's file is to be read again, because an admin has answered what to read otherwise."""

    school: str
    roster: str


@dataclass(frozen=True, slots=True)
class AwaitFile:
    """A run's time for its file is over: it is read if it has come, and the run is ended if not."""

    school: str
    roster: str


Job = FileCame | ReadAgain | Apply | Undo | AwaitFile
_KINDS: Final[Mapping[str, type[Apply | Undo | ReadAgain | AwaitFile]]] = {
    "apply": Apply,
    "undo": Undo,
    "read_again": ReadAgain,
    "await_file": AwaitFile,
}


def new_key(school: str, roster: str) -> str:
    """The key of a new upload, with 128 random bits."""
    return f"rosters/{school}/{roster}/{secrets.token_hex(16)}"


def await_message(school: str, roster: str) -> dict[str, str]:
    """To read_roster: look for the run's file."""
    return {"kind": "await_file", "school": school, "roster": roster}


def parse(message: object, bucket: str) -> list[Job]:
    """What a message asks for (nothing: S3 only tries whether the queue is there); ``Poison`` if it cannot be read."""
    records = records_of(message)
    if records is not None:
        keys = [key_of(record, bucket) for record in records]
        return [_file_came(key) for key in keys if not key.startswith("rejected/")]  # what a reader has written there
    ours = Message(message)
    kind = _KINDS[ours.one_of("kind", [*_KINDS])]
    return [kind(ours.slug(), ours.id("roster"))]


def _file_came(key: str) -> FileCame:
    found = _KEY.fullmatch(key)
    if found is None or not is_slug(found[1]):
        raise Poison("This event is not about an upload that we asked for.")
    return FileCame(found[1], found[2], key)
