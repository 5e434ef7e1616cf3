"""What printing and voiding do to a student's codes: one rule for the run, for what is shown before it, and for whom it means."""

from collections.abc import Sequence
from dataclasses import replace

from latchkey.codes.model.codes import Coded, Kind, state_of, voided, works
from latchkey.people.model.person import CodeState
from latchkey.schools.model.school import DAY, School


def expiry(now: int, school: School) -> int:
    """The end of the day (UTC) on which a code made now ends: all codes of one day end together."""
    return now - now % DAY + (max(1, school.settings.code_life // DAY) + 1) * DAY


def codes_to_issue(person: Coded, school: School, kinds: Sequence[Kind], now: int, within: int = 0) -> dict[Kind, CodeState]:
    """The codes that this student should be given: the next generation where none works; where it ends within ``within`` days
    the same code with a later end, so that paper that is out stays good. A PIN is only for those who sign in here.
    """
    found: dict[Kind, CodeState] = {}
    ends = expiry(now, school)
    for kind in kinds:
        if kind == "pin" and school.uses_sso(person):
            continue
        code = state_of(person, kind)
        if code is None or not works(code, kind, now, school.code_epoch):
            found[kind] = CodeState(code.generation + 1 if code else 1, ends, given_at=now, epoch=school.code_epoch)
        elif within and code.expires_at <= now + within * DAY and code.expires_at < ends:
            found[kind] = replace(code, expires_at=ends, given_at=now)
    return found


def given_since(person: Coded, school: School, kind: Kind, since: int) -> bool:
    """Whether this student has a code of this kind that was made, or got a later end, since then."""
    code = state_of(person, kind)
    return code is not None and code.given_at >= since and not (kind == "pin" and school.uses_sso(person))


def to_void(person: Coded, school: School, kinds: Sequence[Kind], now: int) -> dict[Kind, CodeState]:
    """The states of this student's codes once all that work are ended."""
    states = {kind: state_of(person, kind) for kind in kinds}
    epoch = school.code_epoch
    return {kind: voided(code) for kind, code in states.items() if code is not None and works(code, kind, now, epoch)}
