"""Messages of the roster queue: S3's, when a file has come, and ours: apply, undo, or read it otherwise."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote_plus

from latchkey.errors import Poison
from latchkey.shared.model.ids import is_slug
from latchkey.shared.model.messages import Message

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


Job = FileCame | ReadAgain | Apply | Undo
_KINDS: Final[Mapping[str, type[Apply | Undo | ReadAgain]]] = {"apply": Apply, "undo": Undo, "read_again": ReadAgain}


def new_key(school: str, roster: str) -> str:
    """The key of a new upload, with 128 random bits."""
    return f"rosters/{school}/{roster}/{secrets.token_hex(16)}"


def parse(message: object, bucket: str) -> list[Job]:
    """What a message asks for (nothing: S3 only tries whether the queue is there); ``Poison`` if it cannot be read."""
    match message:
        case {"Event": "s3:TestEvent"}:
            return []
        case {"Records": [_, *_] as records}:
            return [_file_came(record, bucket) for record in records]
    ours = Message(message)
    kind = _KINDS[ours.one_of("kind", [*_KINDS])]
    return [kind(ours.slug(), ours.id("roster"))]


def _file_came(record: Mapping[str, Any] | object, bucket: str) -> FileCame:
    match record:
        case {
            "eventSource": "aws:s3",
            "eventName": str(event),
            "s3": {"bucket": {"name": str(name)}, "object": {"key": str(quoted)}},
        } if event.removeprefix("s3:").startswith("ObjectCreated:") and name == bucket:
            key = unquote_plus(quoted)
            found = _KEY.fullmatch(key)
            if found is not None and is_slug(found[1]):
                return FileCame(found[1], found[2], key)
    raise Poison("This event is not about an upload that we asked for.")
