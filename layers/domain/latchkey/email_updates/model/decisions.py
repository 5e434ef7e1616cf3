"""What becomes of each item: one rule for the preview and for what is written."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from latchkey.email_updates.model.doubts import Doubts
from latchkey.email_updates.model.items import MOST, Item
from latchkey.people.model.person import Person, Role
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.written_email import NoAddress, written_email

State = Literal["new", "changed", "same", "clash", "unusable", "suspicious", "unknown"]
STATES: Final[tuple[State, ...]] = ("new", "changed", "same", "clash", "unusable", "suspicious", "unknown")
WRITTEN: Final[frozenset[State]] = frozenset({"new", "changed"})
"""The states of items whose address is written."""
_TO_WRITE: Final[frozenset[State]] = WRITTEN | {"suspicious"}
_MOST_SHOWN: Final = 30  # rows of each state in which nothing is written, of a large file
MEANWHILE: Final = "Somebody has changed this person since. Nothing was overwritten."


class Asked(NamedTuple):
    """An item, the person whom it means, and why it means nobody: ``(state, text)``."""

    item: Item
    person: Person | None
    fault: tuple[State, str] | None = None


class Surroundings(NamedTuple):
    """The addresses of the school's admins, what is in doubt there, and what ``seen_of`` says of a person.

    ``lacking``: domains that take no mail; ``allowed``: those that the school allows people of a role to have (none: any).
    """

    admins: Container[str]
    doubts: Doubts
    seen: Callable[[Person], str]
    lacking: Container[str] = frozenset()
    allowed: Callable[[Role], Sequence[str]] = lambda _: ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of an item, in words for people. ``address`` is the tidied one, None if there is none."""

    item: Item
    state: State
    text: str
    person: Person | None = None
    address: str | None = None


def seen_of(person: Person, key: bytes) -> str:
    """What says, without giving it away, which address a person has now."""
    return lookup(key, "email", person.email)[:16] if person.email else "none"


def decide(asked: Sequence[Asked], around: Surroundings) -> list[Decision]:
    """A decision for each item, in order."""
    read = [_read(each) for each in asked]
    several = _named_otherwise(read)
    made: list[Decision] = []
    before: set[str] = set()
    for each in read:
        if each.person is None or each.address is None:
            made.append(each)
            continue
        if each.person.id in several:
            made.append(replace(each, state="clash", text="This person is named more than once, with different addresses."))
        elif each.person.id in before:
            made.append(replace(each, state="same", text="This person is named above with the same address."))
        else:
            made.append(_decided(each, each.person, each.address, around))
        before.add(each.person.id)
    return made


def counted(states: Iterable[State]) -> dict[State, int]:
    """How many items are in each state; all states are named."""
    found = Counter(states)
    return {state: found[state] for state in STATES}


def worth_showing(decisions: Sequence[Decision]) -> tuple[Sequence[Decision], int]:
    """Of more decisions than can be written at once, as many as can be and some of the others; how many are left for later.

    Who has the address already is left out: a file of everybody is mostly about them.
    """
    if len(decisions) <= MOST:
        return decisions, 0
    sure = [place for place, each in enumerate(decisions) if each.state in WRITTEN]
    to_write = [*sure, *(place for place, each in enumerate(decisions) if each.state == "suspicious")]
    places = to_write[:MOST]
    for state in {*STATES} - _TO_WRITE - {"same"}:
        places += [place for place, each in enumerate(decisions) if each.state == state][:_MOST_SHOWN]
    return [decisions[place] for place in sorted(places)], len(to_write[MOST:])


def _read(asked: Asked) -> Decision:
    """An item whose person and address are known; or what is wrong with it."""
    item, person = asked.item, asked.person
    try:
        address, wrong = written_email(item.email), ""
    except NoAddress as error:
        address, wrong = None, f"This {error}."
    if item.fault:
        return Decision(item, "unusable", item.fault)
    if person is None:
        state, text = asked.fault or ("unknown", "The school has no such person.")
        return Decision(item, state, text, None, address)
    if address is None:
        return Decision(item, "unusable", wrong or "There is no address. Addresses are not taken away here.", person)
    return Decision(item, "same", "", person, address)


def _named_otherwise(read: Sequence[Decision]) -> set[str]:
    """The people who are named with more than one address."""
    addresses: dict[str, set[str]] = {}
    for each in read:
        if each.person is not None and each.address is not None:
            addresses.setdefault(each.person.id, set()).add(each.address)
    return {person for person, named in addresses.items() if len(named) > 1}


def _decided(read: Decision, person: Person, address: str, around: Surroundings) -> Decision:
    if person.email == address:
        came_back = " Mail to it came back." if person.problem else ""
        return replace(read, state="same", text=f"This person has this address already.{came_back}")
    refused = _refused(person, address, around.admins)
    if refused is None and read.item.seen is not None and read.item.seen != around.seen(person):
        refused = MEANWHILE
    if refused is not None:
        return replace(read, state="clash", text=refused)
    doubt = None if read.item.confirm else _doubt(person, address, around)
    if doubt is not None:
        return replace(read, state="suspicious", text=doubt)
    if person.email is None:
        return replace(read, state="new", text="")
    return replace(read, state="changed", text="Mail to the address before came back." if person.problem else "")


def _refused(person: Person, address: str, admins: Container[str]) -> str | None:
    if person.is_admin:
        return "This person is an admin. An admin's address is not changed here."
    if address in admins:
        return "This is the address of an admin of the school."
    return None


def _doubt(person: Person, address: str, around: Surroundings) -> str | None:
    """Why an address may be wrong; None where nothing speaks against it."""
    meant = around.doubts.meant(address)
    if meant is not None:
        return _question(meant)
    domain, allowed = address.rpartition("@")[2], around.allowed(person.role)
    if allowed and not any(domain == each or domain.endswith(f".{each}") for each in allowed):
        return (
            f"The school’s settings have other addresses for this role: {', '.join(allowed)}. Confirm the address if it is right."
        )
    if domain in around.lacking:
        return "Nobody takes mail there: the domain has no mail server. Confirm the address if it is right."
    return None


def _question(meant: str) -> str:
    if meant:
        return f"This looks mistyped: is it {meant}? Confirm the address if it is right."
    return "This looks mistyped: there are no addresses with this ending. Confirm the address if it is right."
