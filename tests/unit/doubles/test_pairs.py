"""Finding doubles in a school whose doubles are known, among people who only look alike."""

from collections import Counter
from dataclasses import replace

import pytest

from latchkey.doubles.model.pairs import MOST, Finder, Pair, pair_from_key
from latchkey.people.model.likeness import BARE, CERTAIN, POOR
from latchkey.people.model.person import Person
from tests.support.planted import Planted, every_kind, planted


def found(people: list[Person]) -> dict[tuple[str, str], int]:
    finder = Finder()
    finder.add(people)
    return {pair.ids: pair.rank for pair in finder.pairs()}


@pytest.fixture(scope="module")
def school() -> Planted:
    return planted(7)


@pytest.fixture(scope="module")
def pairs(school: Planted) -> dict[tuple[str, str], int]:
    return found(school.people)


class TestPlanted:
    def test_the_school_has_doubles_of_every_kind(self, school: Planted) -> None:
        assert len(school.people) >= 10_000
        assert len(school.doubles) >= 290
        assert len([*every_kind(school)]) >= 18

    def test_at_least_95_of_100_are_found(self, school: Planted, pairs: dict[tuple[str, str], int]) -> None:
        missed = Counter(kind for double, kind in school.doubles.items() if double not in pairs)
        assert missed.total() <= len(school.doubles) * 0.05, missed

    def test_none_of_the_certain_is_wrong(self, school: Planted, pairs: dict[tuple[str, str], int]) -> None:
        certain = [pair for pair, rank in pairs.items() if rank == CERTAIN]
        assert [pair for pair in certain if pair not in school.doubles] == []
        assert len(certain) >= len(school.doubles) / 4

    def test_decoys_are_hardly_ever_shown(self, school: Planted, pairs: dict[tuple[str, str], int]) -> None:
        shown = Counter(kind for decoy, kind in school.decoys.items() if decoy in pairs)
        assert len(school.decoys) >= 300
        assert shown.total() <= len(school.decoys) * 0.02, shown

    def test_most_of_what_is_likely_is_right(self, school: Planted, pairs: dict[tuple[str, str], int]) -> None:
        likely = [pair in school.doubles for pair, rank in pairs.items() if rank < POOR]
        assert sum(likely) >= 0.95 * len(likely)
        assert sum(pair not in school.doubles for pair in pairs) <= len(school.people) * 0.01

    def test_a_school_that_keeps_no_upns_does_not_drown_in_namesakes(self, school: Planted) -> None:
        pairs = found([replace(person, upn=None) for person in school.people])
        wrong = [pair for pair in pairs if pair not in school.doubles]
        assert len(wrong) <= len(school.people) * 0.02
        missed = [double for double in school.doubles if double not in pairs]
        assert len(missed) <= len(school.doubles) * 0.1


class TestPairs:
    def test_three_accounts_of_one_person_are_three_pairs_in_one_order(self) -> None:
        people = [
            Person(id=f"{n:020d}", role="parent", given_name="Ann", family_name="Lee", email="a@x.example") for n in (3, 1, 2)
        ]
        assert list(found(people)) == [(people[1].id, people[2].id), (people[1].id, people[0].id), (people[2].id, people[0].id)]

    def test_a_key_names_its_pair(self) -> None:
        pair = Pair.of("1" * 20, "0" * 20, BARE)
        assert pair_from_key(pair.key) == pair
        assert pair.ids == ("0" * 20, "1" * 20)

    @pytest.mark.parametrize("key", ["", "0", "9#" + "0" * 20 + "#" + "1" * 20, "0#x#y", "0#" + "0" * 20])
    def test_what_is_no_key_names_none(self, key: str) -> None:
        assert pair_from_key(key) is None

    def test_a_file_that_made_everybody_the_same_cannot_make_it_long(self) -> None:
        people = [
            Person(id=f"{n:020d}", role="parent", given_name="Ann", family_name="Lee", email="a@x.example") for n in range(2_000)
        ]
        assert found(people) == {}
        assert len(found(people[:300])) == MOST
