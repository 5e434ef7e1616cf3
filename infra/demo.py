"""The demo schools' people, made from a seed: the same numbers give the same people on every machine.

    python -m infra.demo --students 1200 --seed 7 --out DIR [--school northbridge]

Writes a OneRoster 1.1 zip and the plain CSV of docs/rosters.md with the same people, in a stream: --students 100000 needs
no more memory than 1,200. All addresses are at example domains.
"""

import argparse
import csv
import io
import random
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from infra import demo_names as names
from latchkey.people.model.upn import check_letter
from latchkey.rosters.model import plain_csv

YEARS: Final = range(7, 14)
WITHOUT_EMAIL: Final = 0.08
_PARENT_OF: Final = 4  # one parent account for each four students: 300 for 1,200
_DATE: Final = (1980, 1, 1, 0, 0, 0)
PLAIN_HEADER: Final = plain_csv.HEADER
_ONEROSTER: Final = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
    "identifier,email,sms,phone,agentSourcedIds,grades,password,metadata.registrationGroup"
)
ONEROSTER_HEADER: Final = tuple(_ONEROSTER.split(","))


@dataclass(frozen=True, slots=True)
class DemoSchool:
    """What the generator has to know of a school."""

    slug: str
    name: str
    urn: str
    area: int
    establishment: int


SCHOOLS: Final = {
    school.slug: school
    for school in (
        DemoSchool("northbridge", "Northbridge Academy", "100001", 801, 4001),
        DemoSchool("southgate", "Southgate College", "100002", 802, 4002),
    )
}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One person of the demo."""

    mis_id: str
    role: str
    given_name: str
    family_name: str
    email: str = ""
    username: str = ""
    upn: str = ""
    year_group: str = ""
    registration_group: str = ""
    links: tuple[str, ...] = field(default=())


def write_demo(folder: Path, students: int = 1200, seed: int = 7, school: str = "northbridge") -> dict[str, Path]:
    """Write the files and answer ``{"oneroster": path, "plain_csv": path}``."""
    folder.mkdir(parents=True, exist_ok=True)
    known = SCHOOLS.get(school) or DemoSchool(school, school.replace("-", " ").title(), "", 803, 4003)
    paths = {"oneroster": folder / f"{school}-oneroster.zip", "plain_csv": folder / f"{school}.csv"}
    with ExitStack() as stack:
        plain = csv.writer(stack.enter_context(paths["plain_csv"].open("w", encoding="utf-8", newline="")))
        bundle = stack.enter_context(zipfile.ZipFile(paths["oneroster"], "w", zipfile.ZIP_DEFLATED))
        for name, rows in _small_tables(known).items():
            bundle.writestr(_member(name), _as_csv(rows))
        member = stack.enter_context(bundle.open(_member("users.csv"), "w", force_zip64=False))
        users = csv.writer(stack.enter_context(io.TextIOWrapper(member, "utf-8", newline="")))
        plain.writerow(PLAIN_HEADER)
        users.writerow(ONEROSTER_HEADER)
        for person in people(known, students, seed):
            plain.writerow(_plain_row(person))
            users.writerow(_oneroster_row(person, known))
    return paths


def people(school: DemoSchool, students: int, seed: int) -> Iterator[DemoPerson]:
    """Students, then parents, teachers and staff, each with their links; families are kept together."""
    chance = random.Random(f"{seed}|{school.slug}")  # noqa: S311 - a demo wants the same people each time
    yield from _families(school, students, chance)
    teachers, staff = max(2, students * 90 // 1200), max(1, students * 40 // 1200)
    for number in range(1, teachers + staff + 1):
        role, letter, nth = ("teacher", "T", number) if number <= teachers else ("staff", "F", number - teachers)
        given, family = chance.choice(names.GIVEN), chance.choice(names.FAMILY)
        login = f"{_plain(given)[:1]}.{_plain(family)}{number}"
        email = f"{login}@{school.slug}.example"
        group = _group(nth - 1) if role == "teacher" and nth <= len(YEARS) * 6 else ""
        yield DemoPerson(f"{letter}{nth:05d}", role, given, family, email, login, registration_group=group)


def _families(school: DemoSchool, students: int, chance: random.Random) -> Iterator[DemoPerson]:
    made = parents = 0
    wanted = max(1, students // _PARENT_OF)
    while made < students:
        family = chance.choice(names.FAMILY)
        size = min(students - made, chance.choices((1, 2, 3), (80, 16, 4))[0])
        children = tuple(f"S{number:06d}" for number in range(made + 1, made + size + 1))
        # One family in five or so has accounts for its parents; the last families make up the number.
        left = wanted - parents
        adults = min(left, chance.choice((1, 2))) if chance.random() < left * 1.35 / max(1, students - made) else 0
        ids = tuple(f"P{parents + nth:06d}" for nth in range(1, adults + 1))
        for _ in children:
            made += 1
            yield _student(school, made, family, ids, chance)
        yield from _parents(ids, family, children, chance)
        parents += adults
    while parents < wanted:
        parents += 1
        yield from _parents((f"P{parents:06d}",), chance.choice(names.FAMILY), (f"S{chance.randint(1, students):06d}",), chance)


def _student(school: DemoSchool, number: int, family: str, parents: tuple[str, ...], chance: random.Random) -> DemoPerson:
    given = chance.choice(names.GIVEN)
    year = YEARS[(number * 5 + number // 7) % len(YEARS)]
    login = f"{26 - year + 6:02d}{_plain(given)[:1]}{_plain(family)[:12]}{number}"
    email = "" if chance.random() < WITHOUT_EMAIL else f"{login}@pupils.{school.slug}.example"
    group = f"{year}{'ABCDEF'[number * 7 // len(YEARS) % 6]}"
    return DemoPerson(
        f"S{number:06d}", "student", given, family, email, login, upn_of(school, number, year), str(year), group, parents
    )


def _parents(ids: tuple[str, ...], family: str, children: tuple[str, ...], chance: random.Random) -> Iterator[DemoPerson]:
    shared = len(ids) > 1 and chance.random() < 0.35
    for nth, mis_id in enumerate(ids):
        given = chance.choice(names.GIVEN)
        own = f"{_plain(given)}.{_plain(family)}{int(mis_id[1:])}@mail.example"
        common = f"the.{_plain(family)}s{int(ids[0][1:])}@mail.example"
        email = common if shared else "" if chance.random() < 0.04 else own
        other = family if nth == 0 or chance.random() < 0.7 else chance.choice(names.FAMILY)
        yield DemoPerson(mis_id, "parent", given, other, email, links=children)


def upn_of(school: DemoSchool, number: int, year: int) -> str:
    """A valid UPN: the year of entry into year 7's primary school, a serial that is unique with area, school and year."""
    serial, block = number % 1000, number // 1000
    body = f"{school.area:03d}{(school.establishment + block) % 10000:04d}{(26 - (year - 1)) % 100:02d}{serial:03d}"
    return check_letter(body) + body


def _group(number: int) -> str:
    return f"{YEARS[number % len(YEARS)]}{'ABCDEF'[number // len(YEARS) % 6]}"


def _plain(text: str) -> str:
    """A name as it stands in an address: a-z only."""
    letters = unicodedata.normalize("NFKD", text.translate(names.LETTERS)).casefold()
    return "".join(char for char in letters if "a" <= char <= "z") or "x"


def _plain_row(person: DemoPerson) -> tuple[str, ...]:
    return (
        person.mis_id,
        person.role,
        person.given_name,
        person.family_name,
        person.email,
        person.username,
        person.upn,
        person.year_group,
        person.registration_group,
        "",  # the school's language
        ";".join(person.links) if person.role == "parent" else "",
    )


def _oneroster_row(person: DemoPerson, school: DemoSchool) -> tuple[str, ...]:
    role = {"staff": "aide", "parent": "parent"}.get(person.role, person.role)
    user_ids = f"{{UPN:{person.upn}}}" if person.upn else ""
    return (
        person.mis_id,
        "",
        "",
        "true",
        f"{school.slug}-1",
        role,
        person.username,
        user_ids,
        person.given_name,
        person.family_name,
        "",
        "",
        person.email,
        "",
        "",
        ",".join(person.links),
        person.year_group.zfill(2) if person.year_group else "",
        "",
        person.registration_group,
    )


def _small_tables(school: DemoSchool) -> dict[str, list[tuple[str, ...]]]:
    absent = ("academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics")
    more = ("enrollments", "lineItems", "resources", "results")
    files = [(f"file.{name}", "absent") for name in (*absent, *more)] + [("file.orgs", "bulk"), ("file.users", "bulk")]
    facts = [("manifest.version", "1.0"), ("oneroster.version", "1.1"), ("source.systemName", "Latchkey demo")]
    orgs = ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId")
    return {
        "manifest.csv": [("propertyName", "value"), *facts, *files],
        "orgs.csv": [orgs, (f"{school.slug}-1", "", "", school.name, "school", school.urn, "")],
    }


def _as_csv(rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Write the demo school's roster files.")
    parser.add_argument("--students", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--school", default="northbridge")
    chosen = parser.parse_args()
    for kind, path in write_demo(chosen.out, chosen.students, chosen.seed, chosen.school).items():
        print(f"{kind}: {path}")


if __name__ == "__main__":
    main()
