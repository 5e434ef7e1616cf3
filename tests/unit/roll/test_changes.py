"""Changes laid over a kept roll: the same as a roll that was built anew; packed and read again, the same."""

import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.people.model.person import ROLES
from latchkey.roll.model.changes import Base, Changes, lay, newer
from latchkey.roll.model.entry import CodeFacts, Entry, LinkFact, place_of, with_facts
from latchkey.roll.model.packing import pack_base, pack_changes, unpack_base, unpack_changes

NOW = 1_800_000_000
IDS = [f"p{number}" for number in range(8)]
SENDS = ["s1", "s2", "s3"]
OFTEN = st.sampled_from([None, 5, NOW])


def entries() -> st.SearchStrategy[Entry]:
    return st.builds(
        Entry,
        id=st.sampled_from(IDS),
        role=st.sampled_from(ROLES),
        given_name=st.sampled_from(["Ann", "Zoë", "李"]),
        family_name=st.sampled_from(["Lee", "O’Neil", ""]),
        preferred_family_name=st.sampled_from([None, "Fox"]),
        email=st.sampled_from([None, "a@x.example", "b@x.example"]),
        year_group=st.sampled_from([None, "7", "10", "R"]),
        registration_group=st.sampled_from([None, "7A", "7-10"]),
        status=st.sampled_from(["active", "left"]),
        parents=st.sampled_from([(), ("p1", "p2")]),
        last_login_at=OFTEN,
        pin=st.sampled_from([None, CodeFacts(NOW, used=True, given_at=3, epoch=1)]),
        is_admin=st.booleans(),
    )


def links() -> st.SearchStrategy[LinkFact]:
    return st.builds(
        LinkFact,
        send=st.sampled_from(SENDS),
        to=st.sampled_from(["a@x.example", "b@x.example"]),
        sent_at=st.just(NOW),
        expires_at=st.just(NOW + 5),
        state=st.sampled_from(["planned", "sent", "delivered", "bounced"]),
        fault=st.sampled_from([None, "our_fault"]),
    )


PAIRS = frozenset({("p0", "p1"), ("p1", "p2")})


def built(people: dict[str, Entry], known: dict[str, LinkFact], pairs: frozenset[tuple[str, str]] = PAIRS) -> Base:
    """A roll from nothing."""
    doubles = {each for pair in pairs if all(one in people for one in pair) for each in pair}
    made = [with_facts(each, known.get(each.id), double=each.id in doubles) for each in people.values()]
    return Base(tuple(sorted(made, key=place_of)), known, pairs, NOW)


PEOPLE = st.lists(entries(), unique_by=lambda each: each.id).map(lambda found: {each.id: each for each in found})
LINKS = st.dictionaries(st.sampled_from(IDS), links())
CHANGED = st.lists(st.tuples(st.sampled_from(IDS), st.none() | entries()), max_size=6)


@given(PEOPLE, LINKS, CHANGED, st.booleans())
def test_changes_laid_over_are_as_good_as_a_new_roll(
    people: dict[str, Entry], known: dict[str, LinkFact], changed: list[tuple[str, Entry | None]], packed: bool
) -> None:
    known = {each: link for each, link in known.items() if each in people}
    base, changes = built(people, known), Changes()
    after = dict(people)
    for person, entry in changed:
        now = entry._replace(id=person) if entry is not None else None
        changes = changes.plus(Changes({person: (NOW, now)}))
        if now is None:
            after.pop(person, None)
        else:
            after[person] = now
    if packed:
        again = unpack_changes(pack_changes(changes))
        kept = unpack_base("northbridge", pack_base("northbridge", base))
        assert again is not None
        assert kept is not None
        base, changes = kept, again
    assert lay(changes, base).entries == built(after, known).entries


@given(PEOPLE, st.lists(st.tuples(st.sampled_from(IDS), links()), max_size=6), st.randoms())
def test_links_come_in_any_order(people: dict[str, Entry], said: list[tuple[str, LinkFact]], chance: Any) -> None:
    last = {(person, link.send): link for person, link in said}
    mixed = [*last.items()]
    chance.shuffle(mixed)
    base = built(people, {})
    one = lay(Changes(links={key: (NOW, link) for key, link in last.items()}), base)
    other = lay(Changes(links={key: (NOW, link) for key, link in mixed}), base)
    assert one == other
    halves = Changes(links={key: (NOW, link) for key, link in mixed[:2]}).plus(
        Changes(links={key: (NOW, link) for key, link in mixed[2:]})
    )
    assert lay(halves, base) == one
    assert lay(halves, one).entries == one.entries


SENT = LinkFact("s2", "a@x.example", NOW, NOW + 5, "sent")
PLANNED = SENT._replace(state="planned")


@pytest.mark.parametrize(
    ("old", "send", "link", "known"),
    [
        (None, "s2", SENT, SENT),
        (None, "s2", None, None),
        (SENT, "s1", SENT._replace(send="s1"), SENT),
        (SENT, "s3", SENT._replace(send="s3"), SENT._replace(send="s3")),
        (SENT, "s3", PLANNED._replace(send="s3"), SENT),
        (PLANNED, "s1", SENT._replace(send="s1"), SENT._replace(send="s1")),
        (PLANNED, "s3", PLANNED._replace(send="s3"), PLANNED._replace(send="s3")),
        (PLANNED, "s2", None, None),
        (PLANNED, "s2", SENT, SENT),
        (SENT, "s3", None, SENT),
    ],
)
def test_which_link_is_the_newest(old: LinkFact | None, send: str, link: LinkFact | None, known: LinkFact | None) -> None:
    assert newer(old, send, link) == known


def test_what_others_say_meanwhile_is_left() -> None:
    before = Changes({"p1": (5, None), "p2": (5, None)}, {("p1", "s1"): (5, SENT)})
    later = before.plus(Changes({"p2": (9, None)}, {("p3", "s1"): (9, SENT)}))
    assert later.without(before) == later.since(9) == Changes({"p2": (9, None)}, {("p3", "s1"): (9, SENT)})


def test_refused_invitations_are_known_with_those_that_were() -> None:
    before = replace(built({}, {}), refused={"i1": "bounced"})
    changes = Changes(refused={"i2": (5, "bounced")}).plus(Changes(refused={"i2": (9, "complained")}))
    again = unpack_changes(pack_changes(changes))
    assert again == changes
    after = lay(changes, before)
    assert after.refused == {"i1": "bounced", "i2": "complained"}
    assert unpack_base("northbridge", pack_base("northbridge", after)) == after
    assert not changes.erases
    assert changes.since(9) == changes
    assert not changes.since(10)
    assert not changes.without(changes)


def test_what_an_older_release_noted_is_read() -> None:
    shape, people, links, *_ = json.loads(zlib.decompress(pack_changes(Changes({"p1": (5, None)}))))
    assert unpack_changes(zlib.compress(json.dumps([shape, people, links]).encode())) == Changes({"p1": (5, None)})


BASE = built({"p1": Entry("p1", "student", "Ann", "Lee", email="a@x.example")}, {"p1": SENT})


def test_a_roll_that_cannot_be_read_is_none() -> None:
    good = pack_base("northbridge", BASE)
    assert unpack_base("northbridge", good) == BASE
    assert unpack_base("eastgate", good) is None
    said = json.loads(zlib.decompress(good))
    changed: list[dict[str, Any]] = [
        {"version": 1},
        {"shape": "x"},
        {"columns": said["columns"][1:]},
        {"columns": [["p1", "p2"], *said["columns"][1:]]},
        {"people": 2},
        {"links": 5},
    ]
    for each in changed:
        assert unpack_base("northbridge", zlib.compress(json.dumps(said | each).encode())) is None
    for torn in (b"", good[:-3], good[:10], b"\0" + good, zlib.compress(b"[]"), zlib.compress(b"\xff")):
        assert unpack_base("northbridge", torn) is None
        assert unpack_changes(torn) is None


def test_links_of_long_ago_are_forgotten() -> None:
    kept = unpack_base("northbridge", pack_base("northbridge", replace(BASE, as_of=NOW + 61 * 86_400)))
    assert kept is not None
    assert kept.entries[0].link is None
