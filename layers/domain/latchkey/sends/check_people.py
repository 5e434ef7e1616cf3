"""Look again, before a message's chunks are mailed, who of their people still is as the send was planned for.

Read for all chunks of a message together: their school and the chunks in one call, and then the people of some of them, 100 a
call. So a link costs a hundredth of a call more than its chunk would alone, and no decision that a mail follows is older than a
minute.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from latchkey.errors import Poison
from latchkey.people.model.person import Person
from latchkey.sends.check_invitations import changed_invitations
from latchkey.sends.model.drift import changed_for, is_decided_anew
from latchkey.sends.model.mail_states import OPEN
from latchkey.sends.model.send import Chunk
from latchkey.sends.needs import System

GOOD_FOR: Final = 60.0
"""Seconds after which nothing is mailed any more by what was read of its people."""
_RENEWED: Final = 40.0  # seconds after which a chunk that is to be begun is looked at anew
_SOON: Final = 25.0  # ... or after so many where its people have to be read in any case
_CALL: Final = 100  # people whom one call reads
_PEOPLE: Final = 5 * _CALL
"""People who are read together, where two chunks do not fit in a call: at 14 mails a second, where these take 36 seconds, nobody
is read twice. Where they fit, two chunks are read at a time: at a fast rate five calls in a row would cost a slot."""


class Check:
    """What a worker has read of its message: the school, the chunks, and their people. ``Poison`` if there is no such school."""

    def __init__(self, system: System, school: str, send: str, numbers: Iterable[int]) -> None:
        self._system = system
        self._send = send
        self._slug = school
        self._read(numbers)

    @property
    def until(self) -> float:
        """Until when mails may begin by what was read, in epoch seconds."""
        return self._read_at + GOOD_FOR

    def seen(self, number: int) -> Chunk | None:
        """A chunk as it was read."""
        return self._chunks.get(number)

    def open_mails(self, number: int) -> int:
        """How many mails of a chunk may have to go out, as it was read."""
        return self._planned.get(number, 0)

    def renew(self, numbers: Sequence[int]) -> None:
        """Read these chunks again with their school and people, if what was read is not fresh."""
        age, first = self._system.time() - self._read_at, self._chunks.get(numbers[0])
        done = len(self._chunks) - len(numbers)
        soon = age > _SOON and age * len(self._chunks) > _RENEWED * done  # at this pace the last chunks would have to be, too
        if age > _RENEWED or (soon and first is not None and not _open_people(first) <= self._known):
            self._read(numbers)

    def changed(self, chunk: Chunk) -> Mapping[int, frozenset[str]]:
        """Who of a chunk's open mails is no longer as the send was planned for: ids by the place of their mail."""
        if not is_decided_anew(chunk):
            return {}
        if chunk.mail == "parent_invitation":
            return changed_invitations(self._system, self._slug, chunk)
        people = self._people_of(chunk)
        found = {
            place: changed_for(chunk, mail, people, self.school) for place, mail in enumerate(chunk.mails) if mail.state in OPEN
        }
        return {place: ids for place, ids in found.items() if ids}

    def _read(self, numbers: Iterable[int]) -> None:
        self._read_at = self._system.time()  # before the calls: what they find is at least as new
        brief = self._system.briefs(self._slug).read(self._send, numbers)
        if brief.school is None:
            raise Poison("a chunk of a school that does not exist")
        self.school = brief.school
        self._chunks = brief.chunks
        self._planned = {n: sum(mail.state == "planned" for mail in chunk.mails) for n, chunk in brief.chunks.items()}
        self._open = {n: _open_people(chunk) for n, chunk in brief.chunks.items()}
        self._people: dict[str, Person] = {}
        self._known: set[str] = set()

    def _people_of(self, chunk: Chunk) -> Mapping[str, Person]:
        """The people of a chunk, read with those of the message's next chunks."""
        wanted = _open_people(chunk)
        if not wanted <= self._known:
            wanted -= self._known
            most = _CALL if 2 * len(wanted) <= _CALL else _PEOPLE
            for number, people in self._open.items():
                if len(wanted) == most:
                    break
                if number > chunk.number and len(more := wanted | people - self._known) <= most:
                    wanted = more
            self._people |= self._system.directory(self._slug).standings(sorted(wanted))
            self._known |= wanted
        return self._people


def _open_people(chunk: Chunk) -> set[str]:
    if chunk.state == "done" or not is_decided_anew(chunk) or chunk.mail == "parent_invitation":
        return set()
    return {account.person for mail in chunk.mails if mail.state in OPEN for account in mail.accounts}
