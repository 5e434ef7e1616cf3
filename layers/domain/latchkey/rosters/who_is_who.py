"""Who is who: whom the rows of a roster mean, by their ids and, where these say nothing, by what else they hold.

By the id a row means the person whom it makes, or whom that id leads to. Only rows that mean nobody that way are looked up by
UPN, username, address and name, and only where the hashes of ``KnownPeople`` or of ``Duplicates`` give a reason to.
"""

from collections.abc import Mapping, Sequence

from latchkey.people.model.person import Person
from latchkey.rosters.model.duplicates import Duplicates
from latchkey.rosters.model.known import KnownPeople
from latchkey.rosters.model.matching import Found, is_adult_of, is_same, is_somebody_else, one_of, way_of
from latchkey.rosters.model.questions import option_of
from latchkey.rosters.model.runs import Row
from latchkey.rosters.needs import System
from latchkey.shared.model.ids import person_id

People = Mapping[str, Person]


class WhoIsWho:
    """Whom the rows of one file mean. ``chosen``: how an admin has answered (``model/questions``)."""

    def __init__(
        self, system: System, school: str, known: KnownPeople, duplicates: Duplicates, chosen: Mapping[str, str]
    ) -> None:
        self._school = school
        self._directory = system.directory(school)
        self._reached: set[str] = set()
        self._known = known
        self._duplicates = duplicates
        self._chosen = chosen

    def of(self, rows: Sequence[Row]) -> list[Found]:
        """Whom these rows mean, in their order."""
        found = self._by_id(rows)
        if not (self._known.is_unusual or self._duplicates.has_adults_twice):
            return found
        unknown = [place for place, row in enumerate(rows) if found[place].person is None and not row.leaves]
        if unknown:
            others = self._by_all_else([rows[place] for place in unknown], [found[place] for place in unknown])
            for place, other in zip(unknown, others, strict=True):
                found[place] = other
        return found

    def _by_id(self, rows: Sequence[Row]) -> list[Found]:
        made = [person_id(self._school, row.mis_id) for row in rows]
        people = self._directory.following(made)
        missing = {each: row.mis_id for row, each in zip(rows, made, strict=True) if each not in people}
        if missing:  # an id may be somebody's without leading to them
            places = {place for mis_id in missing.values() for place in self._known.with_id(mis_id)}
            others = {person.mis_id: person for person in self._directory.by_ids(map(self._known.id_at, places))}
            people |= {each: others[mis_id] for each, mis_id in missing.items() if mis_id in others}
        return [self._found(row, each, people.get(each)) for row, each in zip(rows, made, strict=True)]

    def _found(self, row: Row, made: str, person: Person | None) -> Found:
        if person is None:
            return Found(made)
        if person.mis_id != row.mis_id and person.mis_id is not None and self._is_said_elsewhere(row, person):
            return Found(person.id, person, again=True)
        names = (row.given_name, row.family_name)
        if person.given_name not in names and person.family_name not in names and is_somebody_else(row, person):
            return Found(person.id, person, "other_people", person, person.id, f"{row.mis_id} is {person.name} in Latchkey")
        return Found(person.id, person)

    def _is_said_elsewhere(self, row: Row, person: Person) -> bool:
        """Whether another row is the one that counts for the person of a further id.

        Their present id's, where the file has it; else the first row that reaches them. A row of another role is about what they
        were: a parent who is a teacher keeps the role, and the links.
        """
        if row.role != person.role or self._known.has_row(person) or person.id in self._reached:
            return True
        self._reached.add(person.id)
        return False

    def _by_all_else(self, rows: Sequence[Row], found: Sequence[Found]) -> list[Found]:
        """For rows whose ids mean nobody."""
        known = self._known
        wanted = dict.fromkeys(
            place
            for row in rows
            for places in (*known.likely(row).values(), known.adults(row), known.parents(row))
            for place in places
        )
        people = {person.id: person for person in self._directory.by_ids(map(known.id_at, wanted))}
        firsts = {first.mis_id: first for row in rows if (first := self._duplicates.same_adult(row)) is not None}
        known_firsts = dict(zip(firsts, self.of([*firsts.values()]), strict=True)) if firsts else {}
        others = []
        for row, one in zip(rows, found, strict=True):
            before = self._as_before(row, one, people)
            others.append(before if before.way else self._as_adult(row, one, people, firsts, known_firsts) or before)
        return others

    def _people(self, places: Sequence[int], people: People) -> list[Person]:
        return [person for place in places if (person := people.get(self._known.id_at(place))) is not None]

    def _as_adult(
        self, row: Row, found: Found, people: People, firsts: Mapping[str, Row], known_firsts: Mapping[str, Found]
    ) -> Found | None:
        """A parent's row that means somebody who works here, or who stands in the file as another parent."""
        if row.role != "parent" or row.email is None:
            return None
        first = self._duplicates.same_adult(row)
        if first is not None and first.role != "parent":
            one = known_firsts[first.mis_id]
            return Found(
                found.id, None, "also_parent", one.person or one.meant, self._id_of(one), _works(first.role, first.mis_id)
            )
        adults = [person for person in self._people(self._known.adults(row), people) if is_adult_of(row, person)]
        if adults:
            adult = one_of(adults)
            return Found(found.id, None, "also_parent", adult, adult.id, _works(adult.role, adult.mis_id))
        parents = [person for person in self._people(self._known.parents(row), people) if is_same(row, person, "who")]
        here = [person for person in parents if self._known.has_row(person)]
        if here:
            parent = one_of(here)
            return Found(found.id, None, "one_parent", parent, parent.id, f"{row.mis_id} is also {parent.mis_id}")
        if first is None:
            return None
        one = known_firsts[first.mis_id]
        return Found(
            found.id, None, "one_parent", one.person or one.meant, self._id_of(one), f"{row.mis_id} is also {first.mis_id}"
        )

    def _id_of(self, found: Found) -> str:
        """The id of the person whom a row will mean once the roster is applied."""
        takes = found.way is not None and option_of(self._chosen, found.way) not in {"as_new", "apart"}
        return found.meant_id if takes and found.way != "other_people" else found.id

    def _as_before(self, row: Row, found: Found, people: People) -> Found:
        """A row that means somebody who had another id."""
        for way, places in self._known.likely(row).items():
            claims = {place: claims for place in places if (claims := self._known.claims(place, way))}
            same = [person for person in self._people([*claims], people) if is_same(row, person, way)]
            if not same or (way == "who" and not self._duplicates.is_first(row)):
                return found
            claimed = max(claims.values())
            one_parent = row.role == "parent" and way == "who"  # their other rows are theirs, too
            if (len(same) > 1 or claimed > 1) and not one_parent:
                names = ", ".join(person.mis_id or person.name for person in same[:3])
                may_be = tuple(person.id for person in same)
                return Found(found.id, None, "unclear_people", says=f"{row.mis_id} may be {names}", may_be=may_be)
            person = one_of(same)
            says = f"was {person.mis_id}, is {row.mis_id}" if person.mis_id else f"is {row.mis_id}; had no id"
            return Found(found.id, None, way_of(row, person, way), person, person.id, says)
        return found


def _works(role: str, mis_id: str | None) -> str:
    return f"{role}, {mis_id}" if mis_id else role
