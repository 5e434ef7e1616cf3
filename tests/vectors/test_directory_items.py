"""Literal items of the tables, as they are written today and as they are read back; and older ones, which are still read.

Never change these; an item outlives many releases. New attributes get a default for items that lack them.
What is written is compared with the raw item of a table in memory, what is read is a literal put there.
"""

from dataclasses import replace
from typing import Any

import pytest

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import CodeState, FormerEmail, MailProblem, NewEmail, Person
from latchkey.rosters.model.columns import Chosen, Column
from latchkey.rosters.model.runs import Change, Rejection, Run
from latchkey.schools.model.logo import Logo
from latchkey.schools.model.school import (
    ApprovalRule,
    FamilyRule,
    PhoneRule,
    PublicConnection,
    School,
    Settings,
    SingleSignOn,
    Words,
)
from tests.support.memory_world import NOW, MemoryWorld

SCHOOL = "northbridge"
STUDENT, PARENT, TEACHER, STAFF = (f"01234567890000000{each:03d}" for each in range(1, 5))
RUN = "01jhm6qk00zzzzzzzzzzzzzzzz"
ADMIN = STAFF


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


# People

PEOPLE: list[tuple[Person, dict[str, Any]]] = [
    (
        Person(
            id=STUDENT,
            role="student",
            given_name="Ann",
            family_name="Lee",
            email="ann@x.example",
            username="ann.lee",
            language="cy",
            upn="A123456789012",
            mis_id="MIS-1",
            year_group="7",
            registration_group="7B",
            parents=(PARENT,),
            number=12,
            email_key="e" * 32,
            username_key="f" * 32,
            version=3,
            password_set_at=NOW - 10,
            used_link="a" * 32,
            last_login_at=NOW - 5,
            outside_at=NOW - 8,
            locked_at=NOW - 4,
            pin=CodeState(generation=2, expires_at=NOW + 9, uses=1, failed=3, voided=True, given_at=NOW - 99),
            parent_code=CodeState(generation=1, expires_at=NOW + 8),
            mail_problem=MailProblem("bounced", NOW - 7, "e" * 32),
            former_email=FormerEmail("old@x.example", NOW - 6),
            pin_hidden_from=(PARENT,),
        ),
        {
            "pk": "northbridge#P#01234567890000000001",
            "sk": "PERSON",
            "people_pk": "northbridge#student",
            "people_sk": "07#7B#lee#ann#01234567890000000001",
            "id": "01234567890000000001",
            "role": "student",
            "given_name": "Ann",
            "family_name": "Lee",
            "email": "ann@x.example",
            "username": "ann.lee",
            "language": "cy",
            "upn": "A123456789012",
            "mis_id": "MIS-1",
            "year_group": "7",
            "registration_group": "7B",
            "is_admin": False,
            "status": "active",
            "parents": ["01234567890000000002"],
            "number": 12,
            "number_key": "northbridge#N#12",
            "email_key": "e" * 32,
            "username_key": "f" * 32,
            "version": 3,
            "password_set_at": 1_799_999_990,
            "used_link": "a" * 32,
            "last_login_at": 1_799_999_995,
            "outside_at": 1_799_999_992,
            "locked_at": 1_799_999_996,
            "pin": {
                "generation": 2,
                "expires_at": 1_800_000_009,
                "uses": 1,
                "failed": 3,
                "voided": True,
                "given_at": 1_799_999_901,
            },
            "parent_code": {"generation": 1, "expires_at": 1_800_000_008, "uses": 0},
            "mail_problem": {"kind": "bounced", "at": 1_799_999_993, "email_key": "e" * 32},
            "former_email": {"email": "old@x.example", "at": 1_799_999_994},
            "pin_hidden_from": ["01234567890000000002"],
        },
    ),
    (
        Person(
            id=PARENT,
            role="parent",
            given_name="Ben",
            family_name="Lee",
            children=(STUDENT,),
            status="left",
            new_email=NewEmail("new@x.example", NOW - 3, 0),
            provisional_until=NOW + 99,
        ),
        {
            "pk": "northbridge#P#01234567890000000002",
            "sk": "PERSON",
            "people_pk": "northbridge#parent",
            "people_sk": "##lee#ben#01234567890000000002",
            "id": "01234567890000000002",
            "role": "parent",
            "given_name": "Ben",
            "family_name": "Lee",
            "is_admin": False,
            "status": "left",
            "children": ["01234567890000000001"],
            "version": 0,
            "new_email": {"email": "new@x.example", "at": 1_799_999_997, "version": 0},
            "provisional_until": 1_800_000_099,
        },
    ),
    (
        Person(id=TEACHER, role="teacher", given_name="Cat", family_name="Straße", year_group="13"),
        {
            "pk": "northbridge#P#01234567890000000003",
            "sk": "PERSON",
            "people_pk": "northbridge#teacher",
            "people_sk": "13##strasse#cat#01234567890000000003",
            "id": "01234567890000000003",
            "role": "teacher",
            "given_name": "Cat",
            "family_name": "Straße",
            "year_group": "13",
            "is_admin": False,
            "status": "active",
            "version": 0,
        },
    ),
    (
        Person(id=STAFF, role="staff", given_name="Dee", family_name="Fox", is_admin=True),
        {
            "pk": "northbridge#P#01234567890000000004",
            "sk": "PERSON",
            "people_pk": "northbridge#staff",
            "people_sk": "##fox#dee#01234567890000000004",
            "id": "01234567890000000004",
            "role": "staff",
            "given_name": "Dee",
            "family_name": "Fox",
            "is_admin": True,
            "status": "active",
            "version": 0,
        },
    ),
]


@pytest.mark.parametrize(("person", "item"), PEOPLE, ids=["student", "parent", "teacher", "staff"])
def test_a_person(world: MemoryWorld, person: Person, item: dict[str, Any]) -> None:
    directory = world.wiring("console").directory(SCHOOL)
    directory.make(person)
    assert world.item("directory", item["pk"], "PERSON") == item
    world.put("directory", item)
    assert directory.person(person.id) == person


def test_a_person_who_came_with_a_roster(world: MemoryWorld) -> None:
    """Many are written at once, and stand as those who are made alone."""
    world.wiring("read_roster").directory(SCHOOL).put_new([PEOPLE[0][0]])
    assert world.item("directory", PEOPLE[0][1]["pk"], "PERSON") == PEOPLE[0][1]


def test_a_person_who_is_known_by_another_name(world: MemoryWorld) -> None:
    """In attributes of their own: an older release shows the legal name, and writes over neither."""
    student, item = PEOPLE[0]
    known = replace(student, preferred_given_name="Annie", preferred_family_name="Fox")
    names = {"preferred_given_name": "Annie", "preferred_family_name": "Fox"}
    directory = world.wiring("console").directory(SCHOOL)
    world.put("directory", item | names)
    assert directory.person(STUDENT) == known
    world.wiring("read_roster").directory(SCHOOL).put_new([known])
    stored = world.item("directory", item["pk"], "PERSON") or {}
    assert {name: stored[name] for name in names} == names


def test_a_person_to_whom_a_code_was_read_out(world: MemoryWorld) -> None:
    """An item without it is of somebody to whom none was read out."""
    student, item = PEOPLE[0]
    directory = world.wiring("portal").directory(SCHOOL)
    told = replace(student, read_out=CodeState(2, 1_800_000_900, given_at=1_800_000_000))
    state = {"generation": 2, "expires_at": 1_800_000_900, "uses": 0, "given_at": 1_800_000_000}
    world.put("directory", item | {"read_out": state})
    assert directory.person(STUDENT) == told
    world.wiring("read_roster").directory(SCHOOL).put_new([told])
    assert (world.item("directory", item["pk"], "PERSON") or {})["read_out"] == state


def test_a_person_who_was_edited(world: MemoryWorld) -> None:
    """An item without the mark is of somebody whom nobody has edited: a roster's word counts, as before."""
    student, item = PEOPLE[0]
    edited = replace(student, edited=("given_name", "email"))
    directory = world.wiring("console").directory(SCHOOL)
    world.put("directory", item | {"edited": ["given_name", "email"]})
    assert directory.person(STUDENT) == edited
    world.wiring("read_roster").directory(SCHOOL).put_new([edited])
    assert (world.item("directory", item["pk"], "PERSON") or {})["edited"] == ["given_name", "email"]


def test_the_oldest_item_of_a_person(world: MemoryWorld) -> None:
    oldest = {"id": STUDENT, "role": "student", "given_name": "Ann", "family_name": "Lee"}
    code = {"generation": 1, "expires_at": NOW, "uses": 0}
    world.put("directory", {"pk": f"northbridge#P#{STUDENT}", "sk": "PERSON", **oldest, "pin": code})
    found = world.wiring("console").directory(SCHOOL).person(STUDENT)
    assert found == Person(
        id=STUDENT, role="student", given_name="Ann", family_name="Lee", pin=CodeState(generation=1, expires_at=NOW)
    )


def test_indexes_find_what_is_stored(world: MemoryWorld) -> None:
    for _, item in PEOPLE:
        world.put("directory", item)
    directory = world.wiring("console").directory(SCHOOL)
    assert [person.id for person in directory.by_email_key("e" * 32)] == [STUDENT]
    assert [person.id for person in directory.by_username_key("f" * 32)] == [STUDENT]
    assert directory.by_number(12) == PEOPLE[0][0]
    assert [person.id for person in directory.matching(PeopleFilter(roles=("staff",)))] == [STAFF]


# Schools

FULL_SCHOOL = School(
    slug=SCHOOL,
    name="Northbridge Academy",
    urn="123456",
    town="Northbridge",
    postcode="NB1 2CD",
    settings=Settings(
        welcome_life=1_000_000,
        reset_life=200_000,
        forgot_life=3_000,
        code_life=4_000_000,
        student_email="required",
        names="legal",
        reply_to="office@x.example",
        language="cy",
        logo="0123456789abcdef",
        colour="#1b4d5c",
        laestab="8011250",
        student_domains="pupils.northbridge.example",
        staff_domains="northbridge.example",
        help_line="Ask in room 5.",
        notice="Closed on Friday.",
        notice_starts_at="2026-11-27T07:00:00Z",
        notice_ends_at="2026-11-27T18:00:00Z",
        office_hours="Monday to Friday, 8 to 4",
        form_origins=("https://www.northbridge.example", "https://northbridge.example"),
        sso=SingleSignOn(
            roles=("teacher", "staff"),
            provider="Example",
            label="Example sign-in",
            url="https://x.example",
            help="Ask IT.",
            connections=(
                PublicConnection(
                    name="google",
                    kind="google",
                    label="Google",
                    roles=("teacher",),
                    issuer="https://accounts.google.com",
                    tenant=("northbridge.example",),
                    version=2,
                ),
            ),
            admins="must",
            local_admins=("head",),
        ),
        approval=ApprovalRule(above=100, staff=True),
        words=Words(names="mis", email="ours", username="ask", groups="ours", language="mis"),
        second_factor="optional",
        address_ranges=("203.0.113.0/24", "2001:db8:12::/48"),
        afterwards="signed_in",
        phones=PhoneRule(roles=("student", "parent"), alone=False),
        family=FamilyRule(parent_code=False, parent_code_from="7", invitations=False, pins=False, pins_unconfirmed=False),
    ),
)
SCHOOL_ITEM: dict[str, Any] = {
    "pk": "northbridge",
    "sk": "SCHOOL",
    "schools_pk": "SCHOOLS",
    "schools_sk": "northbridge",
    "slug": "northbridge",
    "name": "Northbridge Academy",
    "urn": "123456",
    "town": "Northbridge",
    "postcode": "NB1 2CD",
    "settings": {
        "welcome_life": 1_000_000,
        "reset_life": 200_000,
        "forgot_life": 3_000,
        "code_life": 4_000_000,
        "student_email": "required",
        "names": "legal",
        "afterwards": "signed_in",
        "reply_to": "office@x.example",
        "language": "cy",
        "logo": "0123456789abcdef",
        "colour": "#1b4d5c",
        "laestab": "8011250",
        "student_domains": "pupils.northbridge.example",
        "staff_domains": "northbridge.example",
        "help_line": "Ask in room 5.",
        "notice": "Closed on Friday.",
        "notice_starts_at": "2026-11-27T07:00:00Z",
        "notice_ends_at": "2026-11-27T18:00:00Z",
        "office_hours": "Monday to Friday, 8 to 4",
        "form_origins": ["https://www.northbridge.example", "https://northbridge.example"],
        "sso": {
            "roles": ["teacher", "staff"],
            "provider": "Example",
            "label": "Example sign-in",
            "url": "https://x.example",
            "help": "Ask IT.",
            "connections": [
                {
                    "name": "google",
                    "kind": "google",
                    "label": "Google",
                    "roles": ["teacher"],
                    "issuer": "https://accounts.google.com",
                    "tenant": ["northbridge.example"],
                    "version": 2,
                }
            ],
            "admins": "must",
            "local_admins": ["head"],
        },
        "approval": {"above": 100, "staff": True},
        "words": {"names": "mis", "email": "ours", "username": "ask", "groups": "ours", "language": "mis"},
        "second_factor": "optional",
        "address_ranges": ["203.0.113.0/24", "2001:db8:12::/48"],
        "phones": {"roles": ["student", "parent"], "alone": False},
        "family": {"parent_code": False, "parent_code_from": "7", "invitations": False, "pins": False, "pins_unconfirmed": False},
    },
}


def test_a_school_with_all_its_settings(world: MemoryWorld) -> None:
    schools = world.wiring("operate").schools
    assert schools.make(FULL_SCHOOL)
    assert world.item("directory", "northbridge", "SCHOOL") == SCHOOL_ITEM
    world.put("directory", SCHOOL_ITEM)
    assert schools.get(SCHOOL) == FULL_SCHOOL
    wanted = {"slug": SCHOOL, "name": "Northbridge Academy", "town": "Northbridge", "postcode": "NB1 2CD", "urn": "123456"}
    assert list(schools.all()) == [wanted]


def test_a_new_school_writes_the_defaults_down(world: MemoryWorld) -> None:
    """So that another default of a later release changes no school that there is."""
    assert world.wiring("operate").schools.make(School(slug=SCHOOL, name="Northbridge Academy"))
    item = world.item("directory", "northbridge", "SCHOOL") or {}
    assert item.pop("settings") == {
        "welcome_life": 1_209_600,
        "reset_life": 259_200,
        "forgot_life": 3_600,
        "code_life": 7_776_000,
        "student_email": "optional",
        "names": "preferred",
        "afterwards": "ask",
        "reply_to": None,
        "language": "en",
        "logo": "",
        "colour": "",
        "laestab": "",
        "student_domains": "",
        "staff_domains": "",
        "help_line": "",
        "notice": "",
        "notice_starts_at": "",
        "notice_ends_at": "",
        "office_hours": "",
        "form_origins": [],
        "sso": {
            "roles": [],
            "provider": "",
            "label": "your school sign-in",
            "url": "",
            "help": "Use the same sign-in as for your other school services, or ask your school's office.",
            "connections": [],
            "admins": "may",
            "local_admins": [],
        },
        "approval": {"above": None, "staff": False},
        "words": {"names": "ask", "email": "ask", "username": "ask", "groups": "mis", "language": "ask"},
        "second_factor": "required",
        "address_ranges": [],
        "phones": {"roles": ["teacher", "staff", "parent"], "alone": True},
        "family": {"parent_code": True, "parent_code_from": "", "invitations": True, "pins": True, "pins_unconfirmed": True},
    }
    empty = {"urn": "", "town": "", "postcode": "", "schools_pk": "SCHOOLS", "schools_sk": "northbridge"}
    assert item == {"pk": "northbridge", "sk": "SCHOOL", "slug": "northbridge", "name": "Northbridge Academy"} | empty


@pytest.mark.parametrize("settings", [{}, {"settings": {}}, {"settings": {"sso": {}, "approval": {}, "phones": {}}}])
def test_older_schools_have_the_defaults_of_settings(world: MemoryWorld, settings: dict[str, Any]) -> None:
    world.put("directory", {"pk": SCHOOL, "sk": "SCHOOL", "slug": SCHOOL, "name": "Northbridge Academy", **settings})
    assert world.wiring("operate").schools.get(SCHOOL) == School(slug=SCHOOL, name="Northbridge Academy")


def test_numbers_of_students_are_counted_in_the_schools_item(world: MemoryWorld) -> None:
    world.put("directory", SCHOOL_ITEM | {"last_number": 40})
    assert world.wiring("read_roster").numbers(SCHOOL).reserve(2) == [41, 42]
    assert world.item("directory", "northbridge", "SCHOOL") == SCHOOL_ITEM | {"last_number": 42}


def test_a_logo(world: MemoryWorld) -> None:
    logos, item = world.wiring("console").logos(SCHOOL), {"pk": "northbridge", "sk": "LOGO", "id": "0123456789abcdef"}
    picture = {"width": 30, "height": 10, "png": b"\x89PNG"}
    logos.put(Logo("0123456789abcdef", 30, 10, b"\x89PNG"))
    assert world.item("directory", "northbridge", "LOGO") == item | picture
    assert logos.get() == Logo("0123456789abcdef", 30, 10, b"\x89PNG")
    logos.put(None)
    assert world.item("directory", "northbridge", "LOGO") == item | {"id": ""}
    assert logos.get() is None


# Rosters

FULL_RUN = Run(
    id=RUN,
    state="previewed",
    step="preview",
    filename="people.csv",
    key=f"rosters/northbridge/{RUN}/{'0' * 32}",
    created_at=NOW,
    created_by=ADMIN,
    etag='"e"',
    size=1_000,
    format="plain_csv",
    total=5,
    done=5,
    previewed={"new": 3},
    counts={"new": 2},
    ahead={"new": 1},
    warnings=("No teachers.",),
    reason="Why not",
    applied_by=ADMIN,
    finished_at=NOW + 9,
    lease_until=NOW + 60,
    attempt=2,
    shape="OneRoster 1.1",
    asked={"new_ids": 3},
    chosen={"new_ids": "take_over"},
    pages=2,
    reading={"fingerprint": "ab12", "columns": {"mis_id": 0, "given_name": 2}, "role": "student", "from": "chosen"},
)
RUN_ITEM: dict[str, Any] = {
    "pk": "northbridge#ROSTERS",
    "sk": RUN,
    "id": RUN,
    "state": "previewed",
    "step": "preview",
    "filename": "people.csv",
    "key": "rosters/northbridge/01jhm6qk00zzzzzzzzzzzzzzzz/00000000000000000000000000000000",
    "created_at": 1_800_000_000,
    "created_by": "01234567890000000004",
    "etag": '"e"',
    "size": 1_000,
    "format": "plain_csv",
    "total": 5,
    "done": 5,
    "previewed": {"new": 3},
    "counts": {"new": 2},
    "ahead": {"new": 1},
    "warnings": ["No teachers."],
    "reason": "Why not",
    "applied_by": "01234567890000000004",
    "finished_at": 1_800_000_009,
    "lease_until": 1_800_000_060,
    "attempt": 2,
    "shape": "OneRoster 1.1",
    "asked": {"new_ids": 3},
    "chosen": {"new_ids": "take_over"},
    "pages": 2,
    "reading": {"fingerprint": "ab12", "columns": {"mis_id": 0, "given_name": 2}, "role": "student", "from": "chosen"},
}


def test_the_epochs_of_a_school_and_of_a_code(world: MemoryWorld) -> None:
    schools = world.wiring("operate").schools
    schools.make(School(slug=SCHOOL, name="Northbridge Academy"))
    before = world.item("directory", SCHOOL, "SCHOOL") or {}
    assert (schools.raise_epoch(SCHOOL, "link", NOW), *(schools.raise_epoch(SCHOOL, "code", NOW) for _ in range(2))) == (
        1,
        1,
        2,
    )
    assert world.item("directory", SCHOOL, "SCHOOL") == before | {"link_epoch": 1, "links_ended_at": NOW, "code_epoch": 2}
    assert schools.get(SCHOOL) == School(slug=SCHOOL, name="Northbridge Academy", link_epoch=1, links_ended_at=NOW, code_epoch=2)
    student, item = PEOPLE[0]
    given = {"generation": 3, "expires_at": NOW + 9, "uses": 0, "epoch": 2}
    world.put("directory", item | {"pin": given})
    found = world.wiring("portal").directory(SCHOOL).person(STUDENT)
    assert found == replace(student, pin=CodeState(generation=3, expires_at=NOW + 9, epoch=2))
    world.wiring("read_roster").directory(SCHOOL).put_new([found])
    assert (world.item("directory", item["pk"], "PERSON") or {})["pin"] == given


def test_a_roster_run_and_the_lock_of_its_school(world: MemoryWorld) -> None:
    console = world.wiring("console")
    rosters = console.rosters(SCHOOL)
    rosters.make(FULL_RUN, console.audit(SCHOOL).record_of(ADMIN, "roster.start", NOW))
    assert world.item("directory", "northbridge#ROSTERS", RUN) == RUN_ITEM
    lock = {"pk": "northbridge#ROSTERLOCK", "sk": "LOCK", "holder": "", "lease_until": 0}
    assert world.item("directory", "northbridge#ROSTERLOCK", "LOCK") == lock
    world.put("directory", RUN_ITEM)
    assert rosters.get(RUN) == FULL_RUN
    rosters.begin_apply(FULL_RUN, ADMIN, NOW, 60)
    held = lock | {"holder": RUN, "lease_until": 1_800_000_060}
    assert world.item("directory", "northbridge#ROSTERLOCK", "LOCK") == held
    applying = {"state": "running", "step": "apply", "done": 0, "lease_until": 0}
    assert world.item("directory", "northbridge#ROSTERS", RUN) == RUN_ITEM | applying


def test_ids_that_lead_to_people_and_remembered_answers(world: MemoryWorld) -> None:
    directory = world.wiring("read_roster").directory(SCHOOL)
    student, item = PEOPLE[0]
    world.put("directory", item)
    directory.lead({TEACHER: STUDENT, STUDENT: TEACHER})
    leads = {"pk": f"northbridge#P#{TEACHER}", "sk": "PERSON", "id": TEACHER, "merged_into": STUDENT}
    assert world.item("directory", leads["pk"], "PERSON") == leads
    assert world.item("directory", item["pk"], "PERSON") == item, "somebody has that id"
    assert (directory.person(TEACHER), directory.following([TEACHER])) == (None, {TEACHER: student})
    world.put("directory", {"pk": "northbridge#ROSTERCHOICES", "sk": "CHOICES", "grade_scale": "us"})
    assert world.wiring("read_roster").rosters(SCHOOL).remembered() == {"grade_scale": "us"}


def test_how_the_columns_of_a_table_are_read(world: MemoryWorld) -> None:
    stores = world.wiring("console").roster_columns(SCHOOL)
    table, put = stores.confirmed(dict(FULL_RUN.reading or {}), by=ADMIN, now=NOW)
    table.put(put)
    item = {
        "pk": "northbridge#ROSTERCOLUMNS",
        "sk": "ab12",
        "columns": {"mis_id": 0, "given_name": 2},
        "role": "student",
        "confirmed_by": ADMIN,
        "confirmed_at": 1_800_000_000,
    }
    assert world.item("directory", "northbridge#ROSTERCOLUMNS", "ab12") == item
    chosen = Chosen(columns={"mis_id": 0, "given_name": 2}, role="student", source="last_time")
    assert stores.remembered("ab12") == chosen
    shown = [Column(0, "Adno", "mis_id", None, ("1",)), Column(1, "Diet", None, "is not known", ())]
    world.wiring("read_roster").roster_columns(SCHOOL).write(RUN, shown, NOW)
    assert world.item("directory", f"northbridge#ROSTER#{RUN}", "COLUMNS#00001") == {
        "pk": f"northbridge#ROSTER#{RUN}",
        "sk": "COLUMNS#00001",
        "columns": [[0, "Adno", "mis_id", None, ["1"]], [1, "Diet", None, "is not known", []]],
        "expires_at": NOW + 30 * 86_400,
    }
    assert stores.of(RUN) == shown


def test_the_oldest_item_of_a_roster_run(world: MemoryWorld) -> None:
    needed = {"id", "state", "step", "filename", "key", "created_at", "created_by"}
    world.put("directory", {name: value for name, value in RUN_ITEM.items() if name in needed | {"pk", "sk"}})
    first = Run(
        id=RUN,
        state="previewed",
        step="preview",
        filename="people.csv",
        key=FULL_RUN.key,
        created_at=NOW,
        created_by=ADMIN,
    )
    assert world.wiring("console").rosters(SCHOOL).get(RUN) == first


def test_what_a_preview_shows(world: MemoryWorld) -> None:
    rosters = world.wiring("read_roster").rosters(SCHOOL)
    rejected = [Rejection(line, "email", "is no address", "x") for line in range(2, 103)]
    samples = {"changed": [Change(4, "Ann Lee", "student", "7B", ("email",))], "new": [Change(5, "Ben Fox", "parent", "")]}
    rosters.write_preview(RUN, NOW, rejected, samples)
    pk, until = f"northbridge#ROSTER#{RUN}", NOW + 30 * 86_400
    pages: list[dict[str, Any]] = [
        {
            "pk": pk,
            "sk": "CHANGES#00001",
            "expires_at": until,
            "rejected": [[line, "email", "is no address", "x"] for line in range(2, 102)],
        },
        {"pk": pk, "sk": "CHANGES#00002", "expires_at": until, "rejected": [[102, "email", "is no address", "x"]]},
        {
            "pk": pk,
            "sk": "CHANGES#00003",
            "expires_at": until,
            "samples": {
                "changed": [[4, "Ann Lee", "student", "7B", ["email"]]],
                "new": [[5, "Ben Fox", "parent", "", []]],
            },
        },
    ]
    assert [world.item("directory", pk, page["sk"]) for page in pages] == pages
    for page in pages:
        world.put("directory", page)
    assert rosters.preview(RUN) == (rejected, samples)
