"""What would become of new addresses; nothing is written."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from latchkey.email_updates.look_through import look_through
from latchkey.email_updates.model.decisions import Asked, Decision, Surroundings, decide, seen_of
from latchkey.email_updates.model.doubts import Doubts
from latchkey.email_updates.model.items import Item
from latchkey.email_updates.needs import System
from latchkey.shared.model.written_email import NoAddress, written_email


def check_emails(system: System, school: str, items: Sequence[Item]) -> list[Decision]:
    """A decision for each item, in order."""
    asked, found = look_through(system, school, items)
    key, known, doubts = system.cursor_key(school), system.schools.get(school), Doubts(found.used)
    around = Surroundings(
        found.admins,
        doubts,
        lambda person: seen_of(person, key),
        system.mail_exchanges.lacking(doubts.strange(_domains(asked))),
        known.settings.domains_of if known is not None else lambda _: (),
    )
    return decide(asked, around)


def _domains(asked: Sequence[Asked]) -> Iterator[str]:
    """The domains of the addresses that somebody would get."""
    for each in asked:
        with suppress(NoAddress):
            address = written_email(each.item.email) if each.person is not None and not each.item.confirm else None
            if address is not None and each.person is not None and each.person.email != address:
                yield address.rpartition("@")[2]
