"""A school with planted doubles, among people who only look like doubles. It shares no code with what finds them.

Each kind of double and each kind of decoy is named, so that a test can say which of them was missed or taken for one.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from latchkey.people.model.person import Person

_FIRST = """
Olivia Amelia Isla Ava Ivy Freya Lily Florence Mia Willow Rosie Sophia Isabella Grace Daisy Sienna Poppy Elsie Emily
Ella Evelyn Phoebe Evie Charlotte Harper Millie Matilda Maya Sophie Alice Emma Ruby Maisie Aria Robyn Erin Eliza Ada
Zara Nancy Noah Oliver George Arthur Muhammad Leo Harry Oscar Archie Henry Theodore Freddie Jack Charlie Theo Alfie
Jacob Thomas Finley Arlo William Lucas Roman Tommy Isaac Teddy Alexander Luca Edward James Joshua Albie Elijah Max
Mohammed Reuben Mason Sebastian Rory Jude Łucja Zoë Siân Chloé José Jürgen Søren Aoife Niamh Ciarán Anaïs Māra Ngozi
Aisha Priya Rahul Wei Hiroshi Yusuf Fatima
"""
FIRST = _FIRST.split()
_LAST = """
Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White Roberts Green
Hall Thomas Clarke Jackson Wood Harris Edwards Turner Martin Cooper Hill Ward Hughes Moore Clark King Harrison Lewis
Baker Lee Allen Morris Khan Scott Watson Davis Parker James Bennett Young Phillips Richardson Mitchell Bailey Carter
Cook Singh Shaw Bell Collins O’Brien O’Neill D’Souza Fitzgerald Kowalczyk Wiśniewska Żak Núñez Müller Björk Nowak Ahmed
Hussain Begum Ali Chowdhury Okafor Adeyemi Mensah Nguyen Chen Wang Kim Sato Popescu Ionescu Dvořák Novák Svensson Larsen
Nielsen Virtanen Murphy Kelly Byrne Ryan
"""
LAST = _LAST.split()
SHORT = {
    "Elizabeth": "Liz", "Katherine": "Kate", "William": "Bill", "Robert": "Bob", "Margaret": "Peggy", "Michael": "Mike",
    "Jonathan": "Jon", "Victoria": "Vicky", "Daniel": "Danny", "Rebecca": "Becky",
}  # fmt: skip
PLAIN = str.maketrans("éëâïłüøáīčżśúñöńřóŽŻŁ’", "eeailuoaiczsunonroZZL'")
YEARS = ("7", "8", "9", "10", "11", "12")

Change = Callable[[Person], Person | None]


@dataclass
class Planted:
    """``doubles`` and ``decoys`` map a pair of ids, sorted, to its kind."""

    people: list[Person] = field(default_factory=list)
    doubles: dict[tuple[str, str], str] = field(default_factory=dict)
    decoys: dict[tuple[str, str], str] = field(default_factory=dict)


class Maker:
    """Makes one school from a seed."""

    def __init__(self, seed: int, people: int, share: float) -> None:
        self.random = random.Random(seed)
        self.made = Planted()
        self.number = 0
        self.wanted, self.share = people, share

    def make(self) -> Planted:
        """Families and staff until there are enough people, then doubles of some and decoys of some."""
        while len(self.made.people) < self.wanted * 0.92:
            self._family()
        for _ in range(int(self.wanted * 0.05)):
            self._member_of_staff()
        originals = list(self.made.people)
        self._plant([each for each in originals if each.role == "student"], self._kinds("_student_"), 0.6)
        self._plant([each for each in originals if each.role == "parent"], self._kinds("_parent_"), 0.3)
        self._plant([each for each in originals if each.role in {"teacher", "staff"}], self._kinds("_staff_"), 0.1)
        self._decoys(originals)
        self.random.shuffle(self.made.people)
        return self.made

    def _add(self, person: Person) -> Person:
        self.made.people.append(person)
        return person

    def _id(self) -> str:
        self.number += 1
        return "".join(self.random.choices("0123456789abcdefghjkmnpqrstvwxyz", k=14)) + f"{self.number:06d}"

    def _mis(self) -> str:
        return f"{self.number:06d}" if self.random.random() < 0.5 else f"adm-{self.number}-{self.wanted}"

    def _upn(self) -> str:
        return f"A{self.random.randrange(10**11, 10**12)}"

    def _person(self, role: str, given: str, family: str, **facts: object) -> Person:
        one = self._id()
        known: dict[str, object] = {"mis_id": self._mis(), "username": f"user{self.number}"}
        if role == "student":
            year = self.random.choice(YEARS)
            group = f"{year}{self.random.choice('ABCDEFGHIJ')}"
            known |= {
                "upn": self._upn(),
                "year_group": year,
                "registration_group": group,
                "email": f"s{self.number}@pupils.example",
            }
        elif role == "parent":
            known |= {
                "username": None,
                "email": f"{family.casefold()[:3].encode('ascii', 'ignore').decode()}{self.number}@mail.example",
            }
        else:
            known |= {"email": f"t{self.number}@school.example"}
        if self.random.random() < 0.4:
            known["last_login_at"] = 1_790_000_000 + self.number
        return Person(id=one, role=role, given_name=given, family_name=family, **{**known, **facts})  # type: ignore[arg-type]

    def _names(self) -> tuple[str, str]:
        given = self.random.choice([*FIRST, *SHORT]) if self.random.random() < 0.9 else self.random.choice([*SHORT])
        if self.random.random() < 0.25:  # names of which there are many
            given = f"{given} {self.random.choice(FIRST)}"
        family = self.random.choice(LAST)
        return given, f"{family}-{self.random.choice(LAST)}" if self.random.random() < 0.1 else family

    def _different(self, wanted: int) -> list[str]:
        """First names of one family: nobody is called as another is for short, or with a middle name."""
        names: list[str] = []
        while len(names) < wanted:
            name = self._names()[0]
            short = SHORT.get(name, name)
            if all(name[:3] != each[:3] and short[:3] != SHORT.get(each, each)[:3] for each in names):
                names.append(name)
        return names

    def _family(self) -> None:
        _, family = self._names()
        size, adults = self.random.choice((1, 1, 1, 2, 2, 3)), self.random.choice((1, 2))
        names = self._different(size + adults)
        children = [self._person("student", name, family) for name in names[:size]]
        if self.random.random() < 0.1:  # siblings with one address, their parents'
            children = [replace(each, email=f"home{self.number}@mail.example") for each in children]
        ids = tuple(each.id for each in children)
        parents = [self._person("parent", name, family, children=ids) for name in names[size:]]
        if len(parents) == 2 and self.random.random() < 0.2:  # a couple with one address
            parents = [replace(each, email=f"couple{self.number}@mail.example") for each in parents]
        for each in parents:
            self._add(each)
        for each in children:
            self._add(replace(each, parents=tuple(one.id for one in parents)))

    def _member_of_staff(self) -> None:
        given, family = self._names()
        self._add(self._person(self.random.choice(("teacher", "staff")), given, family))

    # ------------------------------------------------------------ doubles

    def _plant(self, originals: list[Person], kinds: dict[str, Change], part: float) -> None:
        wanted = int(self.wanted * self.share * part)
        names, left = list(kinds), self.random.sample(originals, len(originals))
        planted = 0
        while planted < wanted and left:
            person, kind = left.pop(), names[planted % len(names)]
            double = kinds[kind](person)
            if double is None:
                continue
            self._add(double)
            self.made.doubles[_pair(person, double)] = f"{person.role}: {kind}"
            planted += 1

    def _kinds(self, prefix: str) -> dict[str, Change]:
        """What makes a double of each kind out of a person (None: of this one it cannot)."""
        return {name.removeprefix(prefix): getattr(self, name) for name in dir(self) if name.startswith(prefix)}

    def _copy(self, person: Person, **facts: object) -> Person:
        """The account that a roster under new ids makes: the same person, never signed in."""
        fresh: dict[str, object] = {"id": self._id(), "mis_id": f"new-{self.number}", "username": None, "last_login_at": None}
        return replace(person, **{**fresh, **facts})  # type: ignore[arg-type]

    def _student_upn(self, each: Person) -> Person | None:
        return self._copy(each, email=None, parents=())

    def _student_renamed(self, each: Person) -> Person | None:
        return self._copy(each, family_name=self._other(each.family_name), upn=None, email=None)

    def _student_renamed_upn(self, each: Person) -> Person | None:
        return self._copy(each, family_name=self._other(each.family_name), email=None, parents=())

    def _student_renamed_alone(self, each: Person) -> Person | None:
        return self._copy(each, family_name=self._other(each.family_name), upn=None, email=None, parents=())

    def _student_swapped(self, each: Person) -> Person | None:
        names = {"given_name": each.family_name, "family_name": each.given_name}
        return self._copy(each, **names, upn=None, email=None, parents=()) if each.family_name != each.given_name else None

    def _student_accents(self, each: Person) -> Person | None:
        plain = {"given_name": each.given_name.translate(PLAIN), "family_name": each.family_name.translate(PLAIN)}
        if (each.given_name, each.family_name) == tuple(plain.values()):
            return None
        return self._copy(each, **plain, upn=None, email=None, parents=())

    def _student_zeros(self, each: Person) -> Person | None:
        bare = (each.mis_id or "").lstrip("0")
        return self._copy(each, mis_id=bare, upn=None, email=None) if bare.isdecimal() and bare != each.mis_id else None

    def _student_address(self, each: Person) -> Person | None:
        return self._copy(each, upn=None, parents=())

    def _student_short(self, each: Person) -> Person | None:
        name = SHORT.get(each.given_name)
        return self._copy(each, given_name=name, upn=None, email=None) if name else None

    def _student_moved(self, each: Person) -> Person | None:
        return self._copy(each, registration_group=None, upn=None, email=None, parents=())

    def _parent_address(self, each: Person) -> Person | None:
        return self._copy(each, children=())

    def _parent_address_short(self, each: Person) -> Person | None:
        name = SHORT.get(each.given_name)
        return self._copy(each, given_name=name, children=()) if name else None

    def _parent_children(self, each: Person) -> Person | None:
        return self._copy(each, email=None)

    def _parent_remarried(self, each: Person) -> Person | None:
        return self._copy(each, family_name=self._other(each.family_name), email="new" + (each.email or ""))

    def _parent_swapped(self, each: Person) -> Person | None:
        names = {"given_name": each.family_name, "family_name": each.given_name}
        return self._copy(each, **names, children=()) if each.family_name != each.given_name else None

    def _parent_zeros(self, each: Person) -> Person | None:
        bare = (each.mis_id or "").lstrip("0")
        return self._copy(each, mis_id=bare, email=None, children=()) if bare.isdecimal() and bare != each.mis_id else None

    def _staff_address(self, each: Person) -> Person | None:
        return self._copy(each)

    def _staff_married(self, each: Person) -> Person | None:
        return self._copy(each, family_name=f"{each.family_name}-{self.random.choice(LAST)}")

    def _staff_parent_too(self, each: Person) -> Person | None:
        return self._copy(each, role="parent")

    def _staff_without_address(self, each: Person) -> Person | None:
        return self._copy(each, email=None)

    def _other(self, family: str) -> str:
        return next(name for name in iter(lambda: self.random.choice(LAST), "") if name not in family)

    # ------------------------------------------------------------ decoys

    def _decoys(self, originals: list[Person]) -> None:
        students = [each for each in originals if each.role == "student"]
        parents = [each for each in originals if each.role == "parent" and each.children]
        staff = [each for each in originals if each.role in {"teacher", "staff"}]
        each_kind = int(self.wanted * self.share / 5)
        for person in self.random.sample(students, each_kind):
            other = self._other_given(person.given_name)
            twin = self._person("student", other, person.family_name, email=person.email, parents=person.parents)
            self._decoy(person, replace(twin, **_place(person)), "twins")
        for person in self.random.sample(parents, each_kind):
            child = self._person("student", person.given_name, person.family_name, email=person.email, parents=(person.id,))
            self._decoy(person, child, "a parent and a child of one name")
        for person in self.random.sample(students, each_kind):
            year = self.random.choice([each for each in YEARS if each != person.year_group])
            cousin = self._person(
                "student", person.given_name, person.family_name, year_group=year, registration_group=f"{year}A"
            )
            self._decoy(person, cousin, "cousins in other years")
        for person in self.random.sample(students, each_kind):
            group = f"{person.year_group}{self.random.choice('KLMN')}"
            cousin = self._person(
                "student", person.given_name, person.family_name, year_group=person.year_group, registration_group=group
            )
            self._decoy(person, cousin, "cousins in other groups")
        for person in (*self.random.sample(parents, each_kind), *self.random.sample(staff, each_kind // 2)):
            self._decoy(person, self._person(person.role, person.given_name, person.family_name), "strangers of one name")

    def _decoy(self, person: Person, decoy: Person, kind: str) -> None:
        self._add(decoy)
        self.made.decoys[_pair(person, decoy)] = kind

    def _other_given(self, given: str) -> str:
        return next(name for name in iter(lambda: self.random.choice(FIRST), "") if name not in given and name[:3] != given[:3])


def _pair(one: Person, other: Person) -> tuple[str, str]:
    first, second = sorted((one.id, other.id))
    return first, second


def _place(person: Person) -> dict[str, str | None]:
    return {"year_group": person.year_group, "registration_group": person.registration_group}


def planted(seed: int, people: int = 10_000, share: float = 0.03) -> Planted:
    """A school of about so many people of which such a share is planted doubles, and as many again are decoys."""
    return Maker(seed, people, share).make()


def every_kind(made: Planted) -> Iterator[str]:
    """The kinds of doubles that a school has."""
    yield from sorted(set(made.doubles.values()))
