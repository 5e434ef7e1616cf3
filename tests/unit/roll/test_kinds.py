"""People of one kind are alike in all that is asked of one for all; and only who changes is looked at again."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from latchkey.people.model.people_filter import PeopleFilter, parse
from latchkey.people.model.person import ROLES
from latchkey.readiness.model.readiness import can_be_mailed, readiness_of
from latchkey.roll.model import kinds as kinds_module
from latchkey.roll.model import known as known_module
from latchkey.roll.model.changes import Base, Changes, lay
from latchkey.roll.model.entry import CodeFacts, Entry, LinkFact, place_of
from latchkey.roll.model.known import Known
from latchkey.roll.model.numbers import count
from latchkey.roll.model.roll import Roll
from latchkey.roll.model.standing import OUTSIDE_FOR, Rules, standing_of
from latchkey.schools.model.school import School
from latchkey.sends.model.planning import dry_run, each_alone

NOW = 1_800_000_000
SCHOOL = School(slug="northbridge", name="Northbridge")
FILTERS = [
    {},
    {"role": ["student", "parent"]},
    {"year_group": "7"},
    {"registration_group": "7a"},
    {"missing_email": "true"},
    {"never_logged_in": "true"},
    {"bounced": "true"},
    {"not_mine": "true"},
    {"unconfirmed": "true"},
    {"left": "true"},
    {"standing": "not_ready"},
    {"reason": ["link_unused", "no_address_parent", "signed_in_outside"]},
]
RULES = [
    Rules(now=NOW),
    Rules(now=NOW, links_ended_at=NOW - 50, code_epoch=1, knows_outside=True),
    Rules(now=NOW, sso_roles=frozenset({"staff", "teacher"}), admins="must", local_admins=frozenset({"000"}), knows_outside=True),
]


def somebody(number: int, chance: random.Random, size: int) -> Entry:
    """Anybody: families point at people who may be there, have left or be gone."""

    def time(*others: Any) -> Any:
        return chance.choice([None, NOW - 100, NOW - 10, NOW + 10, NOW + 9_000, *others])

    def code() -> CodeFacts | None:
        works, ended = CodeFacts(NOW + 10), CodeFacts(NOW - 10)
        return chance.choice([None, works, ended, CodeFacts(NOW + 9_000, epoch=1), CodeFacts(NOW + 9, used=True)])

    def family() -> tuple[str, ...]:
        return tuple({f"{chance.randrange(size + 2):03d}" for _ in range(chance.randrange(3))})

    role = chance.choice(["student", "student", "parent", "staff"])
    email, parents = chance.choice([None, f"{number % 9}@{'xy'[number % 2]}.example"]), family()
    state = chance.choice(["planned", "sent", "delivered", "bounced"])
    link = LinkFact("s", email or "", NOW - chance.randrange(99), NOW + chance.choice([9, 99]), state, chance.randrange(2))
    return Entry(
        f"{number:03d}",
        role,  # type: ignore[arg-type]
        chance.choice(["Ann", "Bob"]),
        "Fox",
        email=email,
        year_group=chance.choice(["7", None]) if role == "student" else None,
        registration_group=chance.choice(["7A", "7B"]) if role == "student" else None,
        is_admin=role == "staff" and chance.random() < 0.3,
        status=chance.choice(["active", "active", "active", "left", "disabled"]),
        children=family() if role == "parent" else (),
        parents=parents if role == "student" else (),
        number=chance.choice([None, number]),
        version=chance.randrange(2),
        password_set_at=time(),
        has_way_in=chance.random() < 0.4,
        last_login_at=time(),
        outside_at=time(NOW - OUTSIDE_FOR, NOW - OUTSIDE_FOR + 30, NOW - OUTSIDE_FOR + 200),
        locked_at=time(),
        provisional_until=time(),
        unconfirmed=chance.random() < 0.2,
        not_mine=parents[:1] if chance.random() < 0.3 else (),
        marked=chance.choice([None, None, "bounced", "complained"]),
        pin=code(),
        parent_code=code(),
        is_linked=chance.random() < 0.2,
        link=chance.choice([None, link]) if email else None,
        double=chance.random() < 0.1,
    )


def in_order(people: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(people, key=place_of))


def roll_of(known: Known, rules: Rules) -> Roll:
    return Roll("northbridge", known.entries, rules.now, lambda: b"key", lambda: rules, known=known)


def compare(roll: Roll, rules: Rules) -> None:
    """All that is asked of one of each kind, with the same asked of everybody."""
    here = {entry.id: entry for entry in roll.entries}
    codes = {entry.id: standing_of(entry, rules, here.get) for entry in roll.entries}
    assert dict(roll.standings) == codes
    assert sorted(entry.id for each in roll.alike() for entry in each.people) == sorted(here)
    assert all(list(each.people) == sorted(each.people, key=place_of) for each in roll.alike())
    for wanted in map(parse, FILTERS):
        meant = [entry for entry in roll.entries if wanted.matches(entry, codes[entry.id])]
        assert list(roll.meant(wanted)) == meant, wanted
        assert roll.numbers(wanted) == count((entry, 1) for entry in meant)
    readiness = readiness_of(roll)
    for role in ROLES:
        those = [entry for entry in roll.entries if entry.role == role and codes[entry.id] is not None]
        assert +Counter(readiness.roles[role].by_code) == Counter(codes[entry.id] for entry in those)
        mailed = Counter(codes[entry.id] for entry in those if can_be_mailed(entry))
        assert +Counter({code: many for (of, code), many in readiness.mailable.items() if of == role}) == mailed
    mailed_at = [each.email for each in roll.entries if each.email and each.status != "left" and each.marked is None]
    assert roll.domains == Counter(email.rpartition("@")[2] for email in mailed_at)
    assert dry_run(roll.alike(), SCHOOL) == dry_run(each_alone(roll.entries), SCHOOL)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("seed", range(12))
def test_people_of_a_kind_are_alike_and_stay_so_through_changes_and_time(seed: int, rules: Rules) -> None:
    chance, size = random.Random(seed), 60
    base = Base(in_order([somebody(number, chance, size) for number in range(size)]), {}, frozenset(), NOW)
    first = Known(base.entries)
    compare(roll_of(first, rules), rules)
    changed: dict[str, tuple[int, Entry | None]] = {}
    for later in (0, 59, 61, 130):
        for number in (chance.randrange(size), chance.randrange(size), size + chance.randrange(2)):
            changed[f"{number:03d}"] = NOW, chance.choice([None, somebody(number, chance, size)])
        laid = lay(Changes(changed), base)
        now = Rules(**{name: getattr(rules, name) for name in rules.__dataclass_fields__} | {"now": NOW + later})
        compare(roll_of(Known(laid.entries, first), now), now)
    as_it_was = Rules(**{name: getattr(rules, name) for name in rules.__dataclass_fields__} | {"links_ended_at": NOW - 20})
    compare(roll_of(Known(laid.entries, first), as_it_was), as_it_was)


def test_who_changed_is_looked_at_again_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: Counter[str] = Counter()
    for module, name in ((kinds_module, "_kind"), (known_module, "standing_of")):
        usual = getattr(module, name)

        def counted(*args: Any, name: str = name, usual: Any = usual) -> Any:
            looked_at[name] += 1
            return usual(*args)

        monkeypatch.setattr(module, name, counted)
    pupils = [Entry(f"{n:04d}", "student", "Ann", "Fox", year_group=str(7 + n % 3), email=f"{n}@x.example") for n in range(3_000)]
    base = Base(in_order(pupils), {}, frozenset(), NOW)
    first, rules = Known(base.entries), Rules(now=NOW)
    roll = roll_of(first, rules)
    assert readiness_of(roll).roles["student"].total == roll.numbers(PeopleFilter()).people == 3_000
    assert looked_at == {"_kind": 3_000, "standing_of": 3}
    later = Rules(now=NOW + 3_600)
    assert readiness_of(roll_of(first, later)).roles["student"].total == 3_000
    assert looked_at == {"_kind": 3_000, "standing_of": 6}
    one = base.entries[7]._replace(last_login_at=NOW, has_way_in=True)
    laid = lay(Changes({one.id: (NOW, one)}), base)
    assert readiness_of(roll_of(Known(laid.entries, first), later)).roles["student"].ready == 1
    assert looked_at == {"_kind": 3_001, "standing_of": 10}
