"""What a row of a roster would change, and what it may never change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from latchkey.office_files.model.unusable import excerpt
from latchkey.people.model.person import ADULTS, Person, Status
from latchkey.rosters.model.known import KnownPeople
from latchkey.rosters.model.matching import Found
from latchkey.rosters.model.questions import NOTHING_CHOSEN, Asks, Concerned, option_of
from latchkey.rosters.model.runs import Kind, Rejection, Row
from latchkey.rosters.model.whose_word import settled, weigh
from latchkey.schools.model.school import Words

FACTS: Final = (
    "given_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "email",
    "username",
    "upn",
    "year_group",
    "registration_group",
    "language",
)
WORDS: Final = Words()
_ADMIN_KEEPS: Final = ("email", "username")


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a row. ``facts`` are the new values of a changed person; ``status`` the new status, if it changes.

    ``warned`` are facts that were left out, because somebody else has them or an admin keeps their own. ``asks``: what the
    preview asks because of it. ``id``: the person whom the row is about; ``is_further_id``: its MIS id is kept as one of theirs.
    ``frees``: those who have left and give up the username. ``may_be``: whom a row that is left out may mean. ``settled``: the
    fields that count as edited here no more.
    """

    kind: Kind
    row: Row
    existing: Person | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    status: Status | None = None
    rejection: Rejection | None = None
    warned: tuple[Rejection, ...] = ()
    asks: tuple[Asks, ...] = ()
    id: str = ""
    is_further_id: bool = False
    frees: tuple[str, ...] = ()
    may_be: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _By:
    """What a row is decided by: how the file calls its columns, how an admin has answered, whose word counts in the school."""

    names: Mapping[str, str]
    chosen: Mapping[str, str]
    words: Words


def decide(
    row: Row,
    existing: Person | None,
    taken: KnownPeople,
    names: Mapping[str, str],
    *,
    found: Found | None = None,
    chosen: Mapping[str, str] = NOTHING_CHOSEN,
    words: Words = WORDS,
) -> Decision:
    """What becomes of a row, given the person whom it means (None: nobody); ``found`` says how it was found to mean them."""
    by = _By(names, chosen, words)
    if found is None:
        return _compared(row, existing, taken, by)
    if found.again:
        return _said_again(row, found, names)
    if found.way is not None:
        return _asked(row, found, taken, by)
    if existing is not None and row.leaves and taken.goes_on(existing) and option_of(chosen, "new_ids") == "take_over":
        why = "leaves under this id and goes on under another; the account goes on"
        return Decision("unchanged", row, id=found.id, warned=(_warning(row, "mis_id", why, names),))
    return replace(_with_id(_compared(row, existing, taken, by), row), id=found.id)


def _said_again(row: Row, found: Found, names: Mapping[str, str]) -> Decision:
    """A row about somebody about whom another row is, too: its links are theirs, and nothing else is taken of it."""
    person = found.person
    if person is None or person.role != row.role:
        return Decision("unchanged", row, id=found.id)
    why = f"is {person.name} too, who stands in the file as {person.mis_id}; taken once"
    return Decision("unchanged", row, id=found.id, warned=(_warning(row, "mis_id", why, names),))


def _asked(row: Row, found: Found, taken: KnownPeople, by: _By) -> Decision:
    """A row that somebody has to be asked about: what becomes of it with the answer that there is."""
    way = str(found.way)
    option = option_of(by.chosen, way)
    asks = (Asks(way, 1, (Concerned(row.line, f"{row.given_name} {row.family_name}".strip(), found.says),)),)
    if option == "leave_out":
        reason = f"{found.says}: left out until it is decided what to do with such rows"
        rejection = Rejection(row.line, by.names.get("mis_id", "mis_id"), reason, excerpt(row.mis_id))
        return Decision("rejected", row, found.person, rejection=rejection, asks=asks, id=found.meant_id, may_be=found.may_be)
    if option in {"link", "together"}:
        return Decision("unchanged", row, asks=asks, id=found.meant_id, is_further_id=True)
    if option == "take_over":
        decision = _with_id(_compared(row, found.meant, taken, by), row)
        kept = decision.kind != "rejected"
        return replace(decision, asks=(*asks, *decision.asks), id=found.meant_id, is_further_id=kept)
    if option == "rename":
        decision = _compared(row, found.person, taken, by)
        return replace(decision, asks=(*asks, *decision.asks), id=found.id)
    decision = _compared(row, None, taken, by)
    return replace(decision, asks=(*asks, *decision.asks), id=found.id)


def _with_id(decision: Decision, row: Row) -> Decision:
    """The decision, with the id as a new fact where its person had another one until now."""
    person = decision.existing
    if person is None or decision.kind == "rejected" or person.mis_id == row.mis_id:
        return decision
    return replace(decision, kind="changed", facts={**decision.facts, "mis_id": row.mis_id})


def _compared(row: Row, existing: Person | None, taken: KnownPeople, by: _By) -> Decision:
    """A row compared with whom it means."""
    given = {name: value for name in FACTS if (value := getattr(row, name)) is not None}
    if existing is None:
        return Decision("unchanged", row) if row.leaves else _judged(row, given, {}, taken, by)
    facts = {name: value for name, value in given.items() if value != getattr(existing, name)}
    role_asks: tuple[Asks, ...] = ()
    if existing.role != row.role:
        role_asks = _asks_of_role(row, existing)
        if not role_asks or option_of(by.chosen, "roles_here") != "take":
            reason = f"is a {existing.role} in Latchkey, and a roster changes nobody's role"
            rejection = Rejection(row.line, by.names.get("role", "role"), reason, excerpt(row.role))
            return Decision("rejected", row, existing, rejection=rejection, asks=role_asks)
        facts["role"] = row.role
    kept = _kept(existing, facts)
    facts, edited_asks = weigh(row, existing, facts, by.words, by.chosen, not_asked=kept)
    decision = _judged(row, facts, kept, taken, by)
    return _with_status(replace(decision, asks=(*role_asks, *edited_asks, *decision.asks)), existing)


def _asks_of_role(row: Row, existing: Person) -> tuple[Asks, ...]:
    """What to ask where a row gives somebody another role: nothing, unless they work here and are no admin."""
    if not {existing.role, row.role} <= ADULTS or existing.is_admin:
        return ()
    return (Asks("roles_here", 1, (Concerned(row.line, existing.name, f"{existing.role}, in the file {row.role}"),)),)


def _judged(row: Row, facts: dict[str, str], kept: Mapping[str, str], taken: KnownPeople, by: _By) -> Decision:
    """What a row that may be taken makes: without the facts that are somebody else's, or ``kept``, by name and why."""
    conflicts, asks, frees = _taken(row, facts, taken, by.chosen)
    left_out = {**conflicts, **kept}
    warned = tuple(Rejection(row.line, by.names.get(name, name), why, excerpt(facts[name])) for name, why in left_out.items())
    facts = {name: value for name, value in facts.items() if name not in left_out}
    row = row._replace(**dict.fromkeys(left_out))  # type: ignore[arg-type] # all of them are facts that may be None
    frees = frees if "username" in facts else ()
    return Decision("new", row, facts=facts, warned=warned, asks=asks, frees=frees)


def _with_status(decision: Decision, existing: Person) -> Decision:
    """What becomes of somebody who exists: no admin's account is ended, and none that was switched off comes back."""
    row, warned = decision.row, decision.warned
    wanted: Status = "left" if row.leaves else "active"
    if existing.is_admin and row.leaves:
        why = "is an admin, whose account no roster ends: end their rights on the page Admins, then the account"
        warned, wanted = (*warned, Rejection(row.line, "status", why, excerpt(existing.name))), existing.status
    # An admin has switched this account off; a roster that still has the person must not switch it on again.
    status = wanted if existing.status not in {wanted, "disabled"} else None
    kind: Kind = "changed" if decision.facts or status else "unchanged"
    marks = settled(row, existing, decision.facts)
    return replace(decision, kind=kind, existing=existing, status=status, warned=warned, settled=marks)


def _taken(
    row: Row, facts: Mapping[str, str], taken: KnownPeople, chosen: Mapping[str, str]
) -> tuple[dict[str, str], tuple[Asks, ...], tuple[str, ...]]:
    """Which facts are somebody else's and why they cannot be taken; what to ask; who gives up a username, having left."""
    conflicts = taken.conflicts(facts)
    freed = taken.freed(facts["username"]) if "username" in conflicts else []
    if not freed:
        return conflicts, (), ()
    name = f"{row.given_name} {row.family_name}".strip()
    asks = (Asks("freed_usernames", 1, (Concerned(row.line, name, facts["username"]),)),)
    if option_of(chosen, "freed_usernames") != "give":
        return conflicts, asks, ()
    return {name: why for name, why in conflicts.items() if name != "username"}, asks, tuple(freed)


def _kept(existing: Person, facts: Mapping[str, str]) -> dict[str, str]:
    """What a roster does not change of somebody: how an admin gets in."""
    names = _ADMIN_KEEPS if existing.is_admin else ()
    return {name: "is an admin's; a roster does not change it" for name in names if name in facts}


def _warning(row: Row, name: str, why: str, names: Mapping[str, str]) -> Rejection:
    return Rejection(row.line, names.get(name, name), why, excerpt(getattr(row, name)))
