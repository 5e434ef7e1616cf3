"""What a worker needs before it takes a message's chunks, in one call: their school as it is now, and the chunks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.schools.model.school import School
from latchkey.schools.stores.schools import school_from_item
from latchkey.sends.model.send import Chunk
from latchkey.sends.stores.items import chunk_from_item, chunk_key
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Table, batch_get

_OF_SCHOOL: Final = ("slug", "name", "settings", "link_epoch")


@dataclass(frozen=True, slots=True)
class Brief:
    """The school (None: there is none) and those of the chunks that exist, by number."""

    school: School | None
    chunks: Mapping[int, Chunk]


class Briefs:
    """What workers read of one school's sends before they take chunks."""

    def __init__(self, client: Client, activity: Table, directory: Table, school: str) -> None:
        self._client = client
        self._activity = activity
        self._directory = directory
        self.school = school

    def read(self, send: str, numbers: Iterable[int]) -> Brief:
        """The school and these chunks, read consistently. Of the school only what mails and their links need."""
        wanted = {
            self._activity: [chunk_key(self.school, send, number) for number in numbers],
            self._directory: [(self.school, "SCHOOL")],
        }
        school: School | None = None
        chunks: dict[int, Chunk] = {}
        for table, item in batch_get(self._client, wanted, {self._directory: _OF_SCHOOL}):
            if table == self._directory.name:
                school = school_from_item(item)
            else:
                chunks[item["number"]] = chunk_from_item(item)
        return Brief(school, chunks)
