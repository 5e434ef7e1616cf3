"""Contacts: 100,000 students joined with 180,000 contacts, time and memory, in a process of its own.

The product's own code reads a SIMS report and does what read_roster does until the parents are written: rows, matches, families.
The students come from memory; of the table only the writes are left out. CPU counts, because neighbours take the clock's time.
"""

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.memory import peak

STUDENTS, CONTACTS = 100_000, 180_000
SCHOOL = "northbridge"
HEADER = (
    "UPN", "Forename", "Surname", "Reg", "Year", "Adno", "Title", "Forename", "Surname", "Relationship", "Priority",
    "Parental Responsibility", "Court Order", "Primary Email", "Mobile",
)  # fmt: skip


def main() -> list[dict[str, Any]]:
    """The rows of the table: what, bar, got and whether the bar is met."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "contacts.csv"
        _write(file)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.bench_contacts", str(file)],
            check=True,
            capture_output=True,
            text=True,
            timeout=900,
        )
    found = json.loads(done.stdout)
    got = f"{found['cpu']:.1f} s of CPU ({found['seconds']:.0f} s by the clock), {found['over']:.0f} MB over the start"
    what = f"contacts: {STUDENTS:,} students joined with {CONTACTS:,} contacts"
    met = found["cpu"] < 30 and found["over"] < 200
    return [{"what": what, "bar": "< 30 s of CPU, < 200 MB", "got": got, "met": met, "value": found["cpu"]}]


def _upn(number: int) -> str:
    from latchkey.people.model.upn import check_letter

    body = f"801{1250 + number // 100_000:04d}{number // 1000 % 100:02d}{number % 1000:03d}"
    return check_letter(body) + body


def _write(file: Path) -> None:
    """A SIMS report: every fifth pair of students are siblings, four of five students have two contacts."""
    with file.open("w", encoding="cp1252", newline="") as content:
        writer = csv.writer(content)
        writer.writerow(HEADER)
        left = CONTACTS
        for number in range(STUDENTS):
            home = number - number % 2 if number % 10 < 2 else number
            student = (_upn(number), f"Zoë{number % 977}", f"Family{home}", "7A", "Year  7", f"{number:06d}")
            for place, (title, given) in enumerate((("Mrs", "Ana"), ("Mr", "Ian"))[: 2 if number % 5 else 1], start=1):
                address = f"{given.lower()}.{home}@mail.example"
                writer.writerow(
                    (*student, title, given, f"Family{home}", "Mother", str(place), "T", "F", address, f"07700 {home:06d}")
                )
                left -= 1
        assert left == 0, left


def _students() -> Iterator[Any]:
    from latchkey.people.model.person import Person
    from latchkey.shared.model.ids import person_id

    for number in range(STUDENTS):
        home = number - number % 2 if number % 10 < 2 else number
        yield Person(
            id=person_id(SCHOOL, str(number)),
            role="student",
            given_name=f"Zoë{number % 977}",
            family_name=f"Family{home}",
            upn=_upn(number),
            mis_id=f"{number:06d}",
            year_group="7",
            registration_group="7A",
        )


class _Directory:
    def matching(self, _: object) -> Iterator[Any]:
        return _students()


class _System:
    def directory(self, _: str) -> _Directory:
        return _Directory()


def run(file: Path) -> dict[str, float]:
    """The join, timed, with the memory before and at its peak."""
    from latchkey.contacts.join_contacts import know_students, remember_parents, students_without, take_rows
    from latchkey.contacts.model.sources import open_contacts
    from latchkey.contacts.stores.notes import ReadingNotes

    before, start, cpu = peak(), time.perf_counter(), time.process_time()
    with file.open("rb") as content, ReadingNotes() as notes:
        source = open_contacts(content)
        know_students(_System(), SCHOOL, notes)  # type: ignore[arg-type]
        found = take_rows(source, notes, lambda _: None)
        parents = remember_parents(SCHOOL, notes)
        written = sum(len(part) for part in notes.parents(""))
        without, _ = students_without(notes)
        assert (found.rows, found.contacts, found.unmatched, without) == (CONTACTS, CONTACTS, 0, 0), found
        assert written == parents
    seconds, spent = time.perf_counter() - start, time.process_time() - cpu
    return {"seconds": seconds, "cpu": spent, "over": peak() - before, "parents": parents}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.stdout.write(json.dumps(run(Path(sys.argv[1]))))
    else:
        for line in main():
            sys.stdout.write(f"{line['what']}: {line['got']} {line['bar']}\n")
