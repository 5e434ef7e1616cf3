"""Show an adult the PIN of their child: the one that works, or a new one where none does.

Who looked is in the audit trail, and the message that tells the child is on its queue, before anything is shown; a PIN never is
in either. Somebody whose address is not confirmed yet sees it, too: the school gave the code that linked them, for this child. A
school that sees it otherwise says so in its settings (``FamilyRule.pins_unconfirmed``).
"""

from dataclasses import dataclass
from typing import Any, Final

from latchkey.codes.issue_codes import issue_codes
from latchkey.codes.model import codes
from latchkey.errors import Conflict, TooMany, TryLater
from latchkey.families.model.cards import PinWay, pin_way
from latchkey.families.needs import System
from latchkey.families.the_child import the_child
from latchkey.people.model.person import Person
from latchkey.schools.model.school import DAY, School
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import derived_id
from latchkey.shared.model.texts import said
from latchkey.shared.stores.counters import Budget

PER_ADULT: Final = Budget("pin-shown", 20, 3_600)
"""How often somebody can look at PINs in an hour, those of all their children together."""
WHY_NOT: Final[dict[PinWay, str]] = {
    "own_sign_in": said("Students at your school use the school’s own sign-in, so there is no PIN."),
    "off": said("The school has switched this account off. Ask the school’s office."),
    "hidden": said("Your school does not show this PIN here. Ask the school’s office."),
    "no_number": said("There can be no PIN until the school has loaded its list of students again. Ask the school’s office."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPin:
    """A PIN and whose it is; ``url`` opens it on the child's own device, before ``expires_at`` (epoch seconds)."""

    child: Person
    pin: str
    url: str
    expires_at: int
    is_new: bool


def reveal_pin(system: System, school: School, adult: Person, child_id: str) -> ShownPin:
    """The PIN of a child. ``NotFound`` for somebody else's, ``Conflict`` with the reason where it is not shown, ``TooMany``."""
    child = the_child(system, school.slug, adult, child_id)
    way = pin_way(school, adult, child)
    if way != "can":
        raise Conflict(WHY_NOT[way], code=way)
    now = system.now()
    key = lookup(system.lookup_key(school.slug, school.lookup_epoch), "person", adult.id)
    if not system.counters("CREDENTIALS_TABLE", school.slug).spend(PER_ADULT, key, now):
        raise TooMany(
            said("You have looked at PINs very often. The last one still works; look again in an hour."),
            retry_after=PER_ADULT.window - now % PER_ADULT.window,
        )
    issued = issue_codes(system, school, [child], ("pin",))
    if not issued.people or (state := issued.people[0].pin) is None:
        raise TryLater()
    facts: dict[str, str | int] = {"person": child.id, "new": issued.new.total()}
    system.audit(school.slug).record(adult.id, "pin.show", now, facts)
    if child.email is not None:
        _tell(system, school.slug, child, f"{state.generation}|{adult.id}", now)
    pin = codes.code("pin", child.number or 0, state.generation, system.code_key(school.slug, school.code_epoch))
    url = codes.redeem_url(system.settings["ORIGIN"], school.slug, pin)
    known = school.known_as(child)
    return ShownPin(child=known, pin=pin, url=url, expires_at=state.expires_at, is_new=bool(issued.new))


def _tell(system: System, school: str, child: Person, what: str, now: int) -> None:
    """Have the child told by mail: once a day for one PIN and one adult (``what``), however often they look."""
    day = now - now % DAY
    message: dict[str, Any] = {
        "kind": "pin_shown",
        "school": school,
        "person": child.id,
        "request": derived_id(day, f"pin-shown/{school}|{child.id}|{what}"),
        "at": now,
    }
    system.queue("REQUESTS_QUEUE").put(message)
