"""Plan a send of invitations: one mail for each mailbox, with all its children; try one out.

Invitations are written first, then the chunks that name them. What stands already is not written again: a worker whose time runs
short hands over, and the next one reads what this one has written.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from latchkey.invitations.invite import id_for
from latchkey.invitations.model.invitation import LIVES, Invitation, Source, fresh
from latchkey.mail.model.account import CHUNK_MAILS, MailAccount
from latchkey.roll.sources import Found
from latchkey.schools.model.school import School
from latchkey.sends.gather_invitees import accounts_of, candidates, children_here, gather
from latchkey.sends.look_up_invitees import LookUp, as_known
from latchkey.sends.model.invitee import Gathered, Mailbox, Standing, counted, rows_of, why_skipped
from latchkey.sends.model.planning import DryRun
from latchkey.sends.model.send import Chunk, Mail, Selection, Send, Skip
from latchkey.sends.needs import System
from latchkey.shared.model.languages import one_for
from latchkey.shared.stores.pace import Pace

_AT_ONCE: Final = 100  # invitations that are read, and written, in one call
RESERVE: Final = 45  # seconds in which a worker hands over


class TimeIsShort(Exception):
    """A worker has to hand over before all invitations are written."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a send does: whom it invites by their address, and why the other mailboxes are not invited."""

    gathered: Gathered
    invited: Mapping[str, Mailbox]
    here: Mapping[str, bool]
    reasons: Mapping[str, Skip]

    def skipped(self) -> Iterator[tuple[str, str, Skip]]:
        """Everybody who is skipped: name, address, why."""
        return rows_of(self.gathered, self.reasons)


def decide(look: LookUp[Found], selection: Selection, sent: frozenset[str], but: str = "") -> Decided:
    """Decide for everybody whom a selection means. ``sent``: ids of who was sent a link recently, if the send asks for that."""
    gathered, school = gather(look, selection, but), look.school
    accounts = accounts_of(look.people, school, gathered.boxes.keys())
    here = children_here(look.people, gathered.all_children())
    invited: dict[str, Mailbox] = {}
    reasons: dict[str, Skip] = {}
    for part in _parts(gathered.boxes.values()):
        problems = look.problems([box.email for box in part])
        for box in part:
            theirs = accounts.get(box.email, [])
            why = why_skipped(box, theirs, here, school, problems.get(box.email))
            if why is None and sent and _was_sent(id_for(look.system, school, box.email), theirs, sent):
                why = "sent_recently"
            if why is None:
                invited[box.email] = box
            else:
                reasons[box.email] = why
    return Decided(gathered, invited, here, reasons)


def _was_sent(invitation: str, accounts: Iterable[Standing], sent: frozenset[str]) -> bool:
    return invitation in sent or any(each.id in sent for each in accounts)


def try_invitations(look: LookUp[Found], selection: Selection, sent: frozenset[str]) -> DryRun:
    """What the send would do: people by name, mails by mailbox; each parent is invited or skipped for one reason."""
    decided = decide(look, selection, sent)
    skipped = counted(decided.skipped())
    people = sum(len(box.names) for box in decided.invited.values())
    return DryRun(people + sum(skipped.values()), people, len(decided.invited), skipped, first=people)


def is_anybody(system: System, school: School, selection: Selection) -> bool:
    """Whether a selection means any parent at all, by what is known: whom it invites is decided later."""
    return next(candidates(as_known(system, school), selection), None) is not None


def write_invitations(
    system: System, school: School, send: Send, decided: Decided, *, now: int, left: Callable[[], float] | None
) -> dict[str, Invitation]:
    """Write what each mailbox is invited to; invitations by address. ``TimeIsShort`` where another worker has to go on.

    It is written as of now: a send can have waited for days. Who is invited anew within a day is not written again.
    """
    source: Source = "contacts" if send.selection.contacts else "selection"
    invitations, pace, found = system.invitations(school.slug), Pace(), dict[str, Invitation]()
    for part in _parts(decided.invited.values()):
        if left is not None and left() < RESERVE:
            raise TimeIsShort
        wanted = [
            fresh(
                id_for(system, school, box.email),
                box.email,
                [child for child in box.children if decided.here.get(child)],
                source,
                now,
                language=one_for(box.languages, school.settings.language) if box.languages else None,
                given_name=box.given,
                family_name=box.family,
                kept=box.kept,
            )
            for box in part
        ]
        united = invitations.unite(wanted, now, pace)
        found |= {each.email: united[each.id] for each in wanted}
    return found


def chunks_of_invitations(
    send: Send, decided: Decided, invitations: Mapping[str, Invitation], school: School, now: int
) -> Iterator[Chunk]:
    """The chunks of the send, numbered from 1: mails of each language, then those that only record who was skipped."""
    number = 0
    ready: dict[str, list[Mail]] = {}
    for box in decided.invited.values():
        found = invitations[box.email]
        accounts = tuple(_account(found, name) for name in box.names.values())
        mails = ready.setdefault(found.language or school.settings.language, [])
        mails.append(Mail(to=box.email, accounts=accounts, at=now))
    expires_at = now + LIVES["contacts"]
    for language, alike in sorted(ready.items()):
        for part in _chunked(alike):
            number += 1
            yield Chunk(
                send=send.id,
                number=number,
                origin=send.origin,
                mail="parent_invitation",
                language=language,
                expires_at=expires_at,
                mails=part,
            )
    skipped = (_skipped(*row, now) for row in decided.skipped())
    for part in _chunked(skipped):
        number += 1
        yield Chunk(
            send=send.id, number=number, origin=send.origin, mail="parent_invitation", expires_at=now, mails=part, state="done"
        )


def _account(found: Invitation, name: str) -> MailAccount:
    return MailAccount(person=found.id, name=name, role="parent", login="", version=found.version, stamp=found.stamp)


def _skipped(name: str, email: str, why: Skip, now: int) -> Mail:
    nobody = MailAccount(person="", name=name, role="parent", login="", version=0, stamp="")
    return Mail(to=email, accounts=(nobody,), state="skipped", reason=why, at=now)


def _parts(boxes: Iterable[Mailbox]) -> Iterator[list[Mailbox]]:
    left = iter(boxes)
    while part := [*islice(left, _AT_ONCE)]:
        yield part


def _chunked(mails: Iterable[Mail]) -> Iterator[tuple[Mail, ...]]:
    left = iter(mails)
    while part := tuple(islice(left, CHUNK_MAILS)):
        yield part
