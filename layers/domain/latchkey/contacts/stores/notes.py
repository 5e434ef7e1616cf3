"""What reading and writing contacts have to remember outside of memory: students, contacts, parents, and who belongs to whom."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Final, TypeAlias

from latchkey.contacts.model.contact import Contact, Parent
from latchkey.contacts.model.match import Known
from latchkey.contacts.model.merge import Groups, marks_of
from latchkey.contacts.stores.wire import parent_from, parent_of, parent_to, row_of
from latchkey.office_files.model.unusable import Unusable, excerpt
from latchkey.office_files.stores.scratch import Scratch, packed, unpacked

Group: TypeAlias = tuple[list[list[str]], list[Parent]]
"""The cells of some students, and the parents to invite for them."""
_CACHE_KB: Final = 32_768
_LARGEST: Final = 384 * 1024 * 1024  # bytes of a disk of 512 MB; 180,000 contacts of 100,000 students take 130 MB
_MARKS: Final = 500
MOST_ROWS: Final = 2_000  # of one person: a social worker may stand at hundreds of students
_AT_ONCE: Final = 250
_READING: Final = """
CREATE TABLE student (number INTEGER PRIMARY KEY, id TEXT, upn TEXT, here INT, known BLOB);
CREATE TABLE known (key TEXT, student INT);
CREATE TABLE seen (student TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE contact (number INTEGER PRIMARY KEY, student TEXT, key TEXT, facts BLOB);
CREATE TABLE same (key TEXT, number INT);
CREATE TABLE barred (student TEXT, mark TEXT, PRIMARY KEY (student, mark)) WITHOUT ROWID;
CREATE TABLE member (head INT, number INT, PRIMARY KEY (head, number)) WITHOUT ROWID;
CREATE TABLE parent (id TEXT PRIMARY KEY, facts BLOB) WITHOUT ROWID;
"""
_WRITING: Final = """
CREATE TABLE parent (id TEXT PRIMARY KEY, facts BLOB, address INT) WITHOUT ROWID;
CREATE TABLE tie (student TEXT, parent TEXT, rank INT, PRIMARY KEY (student, parent)) WITHOUT ROWID;
CREATE TABLE student (id TEXT PRIMARY KEY, number INT, cells BLOB) WITHOUT ROWID;
"""
_FAMILY: Final = """
    SELECT number, id, cells, (SELECT group_concat(parent) FROM
        (SELECT parent FROM tie WHERE tie.student = student.id ORDER BY parent)) AS parents FROM student
"""


class ReadingNotes(Scratch):
    """A school's students and the contacts of a file, while these are matched and merged."""

    too_large = "The file has more contacts than any school has. Leave out columns that are not needed, and upload it again."

    def __init__(self) -> None:
        super().__init__(_READING, largest=_LARGEST, cache_kb=_CACHE_KB)
        self._students = 0
        self._contacts = 0

    def know(self, students: Sequence[tuple[Known, Sequence[str]]]) -> None:
        """Remember students with the keys under which rows may name them."""
        first = self._students
        self._students += len(students)
        rows = [(first + at, known.id, known.upn, known.here, packed(tuple(known))) for at, (known, _) in enumerate(students)]
        self.insert("INSERT INTO student VALUES (?, ?, ?, ?, ?)", rows)
        keys = [(key, first + place) for place, (_, keys) in enumerate(students) for key in keys]
        self.insert("INSERT INTO known VALUES (?, ?)", keys)

    def all_known(self) -> None:
        """All students are remembered: from now on they are looked for."""
        self.run("CREATE INDEX student_upn ON student (upn, id, here)")

    def find_upns(self, upns: Sequence[str]) -> dict[str, list[tuple[str, bool]]]:
        """The ids of the students under each of these UPNs, and whether they are at the school."""
        found: dict[str, list[tuple[str, bool]]] = {}
        for start in range(0, len(upns), _MARKS):
            part = upns[start : start + _MARKS]
            marks = ",".join("?" * len(part))
            for upn, student, here in self.rows(f"SELECT upn, id, here FROM student WHERE upn IN ({marks})", part):  # noqa: S608
                found.setdefault(upn, []).append((student, bool(here)))
        return found

    def find(self, keys: Iterable[str]) -> dict[str, list[Known]]:
        """The students under each of these keys."""
        found: dict[str, list[Known]] = {}
        wanted = [*keys]
        if wanted:  # of most files each student has a UPN, and nobody is looked for here
            self.run("CREATE INDEX IF NOT EXISTS known_key ON known (key, student)")
        for start in range(0, len(wanted), _MARKS):
            part = wanted[start : start + _MARKS]
            marks = ",".join("?" * len(part))
            query = f"SELECT key, known FROM known JOIN student ON number = known.student WHERE key IN ({marks})"  # noqa: S608
            for key, known in self.rows(query, part):
                found.setdefault(key, []).append(Known(*unpacked(known)))
        return found

    def keep(self, contacts: Sequence[tuple[str, Contact, Sequence[str]]]) -> None:
        """Remember contacts of students, with the keys by which the same person is known."""
        first = self._contacts
        self._contacts += len(contacts)
        rows = [
            (first + place, student, min(keys), packed(tuple(contact))) for place, (student, contact, keys) in enumerate(contacts)
        ]
        self.insert("INSERT INTO contact VALUES (?, ?, ?, ?)", rows)
        self.insert(
            "INSERT INTO same VALUES (?, ?)", [(key, first + place) for place, each in enumerate(contacts) for key in each[2]]
        )
        barred = [(student, mark) for student, contact, _ in contacts if contact.restricted for mark in marks_of(contact)]
        self.insert("INSERT OR IGNORE INTO barred VALUES (?, ?)", barred)

    def saw(self, students: Iterable[str]) -> None:
        """These students are in the file."""
        self.insert("INSERT OR IGNORE INTO seen VALUES (?)", [(student,) for student in students])

    @property
    def contacts(self) -> int:
        """How many contacts are remembered."""
        return self._contacts

    @property
    def matched(self) -> int:
        """How many students have a contact."""
        return self.count("SELECT count(DISTINCT student) FROM contact")

    def barred(self) -> dict[str, frozenset[str]]:
        """Of each student with such a contact, by what people with a court order are known."""
        rows = self.rows("SELECT student, mark FROM barred ORDER BY student")
        return {student: frozenset(mark for _, mark in marks) for student, marks in groupby(rows, key=itemgetter(0))}

    def people(self) -> Iterator[tuple[list[str], list[tuple[str, Contact]]]]:
        """Each person of the file: the first of the keys of each row about them, and what it says of them for which student."""
        groups = Groups(self._contacts)
        for _, rows in groupby(self.rows("SELECT key, number FROM same ORDER BY key"), key=itemgetter(0)):
            numbers = [number for _, number in rows]
            for number in numbers[1:]:
                groups.join(numbers[0], number)
        heads = ((groups.head(number), number) for number in range(self._contacts))
        for part in _parts(heads, 10_000):
            self.insert("INSERT INTO member VALUES (?, ?)", part)
        query = """
            SELECT head, student, facts, key FROM member CROSS JOIN contact ON contact.number = member.number
            ORDER BY head, member.number
        """
        for _, rows in groupby(self.rows(query), key=itemgetter(0)):
            found = [*islice(rows, MOST_ROWS + 1)]
            if len(found) > MOST_ROWS:  # it has to fit into memory, and into one item
                raise Unusable(
                    f"One contact ({excerpt(Contact(*unpacked(found[0][2])).name)}) stands in more than {MOST_ROWS:,} rows."
                )
            yield [row[3] for row in found], [(student, Contact(*unpacked(facts))) for _, student, facts, _ in found]

    def keep_parents(self, parents: Sequence[Parent]) -> None:
        """Remember parents."""
        self.insert("INSERT INTO parent VALUES (?, ?)", [(parent.id, packed(row_of(parent))) for parent in parents])

    def parents(self, behind: str) -> Iterator[list[Parent]]:
        """The parents behind an id, in the order of ids, some at a time."""
        rows = self.rows("SELECT facts FROM parent WHERE id > ? ORDER BY id", [behind])
        while part := [parent_of(unpacked(facts)) for (facts,) in islice(rows, _AT_ONCE)]:
            yield part

    def without(self) -> Iterator[tuple[str, bool]]:
        """The students at the school who have no contact, in list order, and whether the file has them at all."""
        query = """
            SELECT id, EXISTS (SELECT 1 FROM seen WHERE seen.student = id) FROM student
            WHERE here AND id NOT IN (SELECT student FROM contact) ORDER BY number
        """
        for student, seen in self.rows(query):
            yield student, bool(seen)


class WritingNotes(Scratch):
    """Parents and the cells of students, while files are written."""

    def __init__(self) -> None:
        super().__init__(_WRITING, largest=_LARGEST, cache_kb=_CACHE_KB)

    def keep_ties(self, parents: Sequence[tuple[Parent, Mapping[str, int]]]) -> None:
        """Remember parents, with the students for whom they are to be invited; a number orders the parents of one student."""
        facts = [(parent.id, packed(parent_to(parent)), int(bool(parent.email))) for parent, _ in parents]
        self.insert("INSERT OR REPLACE INTO parent VALUES (?, ?, ?)", facts)
        ties = [(student, parent.id, rank) for parent, ranks in parents for student, rank in ranks.items()]
        self.insert("INSERT OR REPLACE INTO tie VALUES (?, ?, ?)", ties)

    def with_parents(self, students: Sequence[str]) -> set[str]:
        """Those of these students whom somebody is to be invited for."""
        marks = ",".join("?" * len(students))
        return {row[0] for row in self.rows(f"SELECT DISTINCT student FROM tie WHERE student IN ({marks})", students)}  # noqa: S608

    def keep_cells(self, students: Sequence[tuple[str, int, Sequence[str]]]) -> None:
        """Remember the cells of students, with their place in the list."""
        rows = [(student, number, packed(cells)) for student, number, cells in students]
        self.insert("INSERT OR REPLACE INTO student VALUES (?, ?, ?)", rows)

    def by_student(self) -> Iterator[Group]:
        """Each student in list order: their cells, and their parents to invite in order."""
        query = """
            SELECT student.number, cells, facts FROM student JOIN tie ON tie.student = student.id
            JOIN parent ON parent.id = tie.parent ORDER BY student.number, rank, parent.id
        """
        for _, rows in groupby(self.rows(query), key=itemgetter(0)):
            found = [*rows]
            yield [unpacked(found[0][1])], [parent_from(unpacked(facts)) for _, _, facts in found]

    def by_parent(self) -> Iterator[Group]:
        """Each parent to invite with the cells of all their children, where the first of these stands in the list."""
        query = """
            WITH first AS (SELECT tie.parent AS parent, min(number) AS place FROM tie JOIN student ON student.id = tie.student
                           GROUP BY tie.parent)
            SELECT first.place, first.parent, facts, cells FROM first JOIN parent ON parent.id = first.parent
            JOIN tie ON tie.parent = first.parent JOIN student ON student.id = tie.student
            ORDER BY first.place, first.parent, student.number
        """
        for _, rows in groupby(self.rows(query), key=itemgetter(0, 1)):
            found = [*rows]
            yield [unpacked(each[3]) for each in found], [parent_from(unpacked(found[0][2]))]

    def by_family(self) -> Iterator[Group]:
        """Each family: the students with exactly the same parents to invite, and these in the order of the first child."""
        query = f"SELECT min(number) OVER (PARTITION BY parents) AS place, id, cells FROM ({_FAMILY}) ORDER BY place, number"  # noqa: S608 - ours
        for _, rows in groupby(self.rows(query), key=itemgetter(0)):
            found = [*rows]
            yield [unpacked(cells) for _, _, cells in found], self._parents_of(found[0][1])

    @property
    def families(self) -> int:
        """How many families there are."""
        return self.count(f"SELECT count(DISTINCT parents) FROM ({_FAMILY})")  # noqa: S608 - ours

    @property
    def invited(self) -> int:
        """How many parents are to be invited for somebody in the files."""
        return self.count("SELECT count(DISTINCT parent) FROM tie JOIN student ON student.id = tie.student")

    def on_paper(self) -> Iterator[str]:
        """The students none of whose parents to invite has an address, in list order."""
        query = """
            SELECT id FROM student WHERE NOT EXISTS
                (SELECT 1 FROM tie JOIN parent ON parent.id = tie.parent WHERE tie.student = student.id AND address = 1)
            ORDER BY number
        """
        for (student,) in self.rows(query):
            yield student

    def _parents_of(self, student: str) -> list[Parent]:
        query = "SELECT facts FROM tie JOIN parent ON parent.id = tie.parent WHERE student = ? ORDER BY rank, parent.id"
        return [parent_from(unpacked(facts)) for (facts,) in self.rows(query, [student])]


def _parts(rows: Iterable[tuple[int, int]], size: int) -> Iterator[list[tuple[int, int]]]:
    part: list[tuple[int, int]] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    yield part
