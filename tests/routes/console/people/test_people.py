"""The list of people and the page of one."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.console import HEAD_TEACHER, Console, make_person
from web.assets import asset_file

PEOPLE = "/admin/northbridge/people"
FIELDS = {
    "id", "role", "name", "given_name", "family_name", "preferred_given_name", "preferred_family_name", "email", "username",
    "upn", "mis_id", "year_group", "registration_group", "language", "is_admin", "last_login_at", "status", "mail_problem",
}  # fmt: skip


def walk(console: Console, **query: str) -> list[dict[str, Any]]:
    """All items of a list, page by page."""
    items, seen = [], set()
    while True:
        answer = console.get(PEOPLE, **query)
        assert answer.status_code == 200, answer.body
        items += answer.json_body["items"]
        following = answer.json_body["next"]
        if following is None:
            return items
        assert following not in seen
        seen.add(following)
        query["cursor"] = following


@pytest.fixture
def school(console: Console) -> Console:
    """23 students in two years, a parent, a teacher, and the admin."""
    students = [
        make_person(
            number,
            year_group=str(7 + 3 * (number % 2)),
            registration_group=f"{7 + 3 * (number % 2)}{'AB'[number % 3 == 0]}",
            email=None if number % 5 == 0 else f"p{number}@northbridge.example",
            last_login_at=1_794_000_000 if number % 4 == 0 else None,
        )
        for number in range(1, 24)
    ]
    plain: dict[str, Any] = {"year_group": None, "registration_group": None}
    parent = make_person(100, role="parent", children=(students[0].id,), **plain)
    console.add([replace(students[0], parents=(parent.id,)), *students[1:], parent, make_person(101, role="teacher", **plain)])
    return console


def test_items_have_exactly_the_promised_fields(school: Console) -> None:
    assert all(set(item) == FIELDS for item in walk(school))


def test_every_page_size_walks_over_everybody_once_in_the_same_order(school: Console) -> None:
    whole = [item["id"] for item in walk(school)]
    assert len(whole) == len(set(whole)) == 26
    for limit in ("1", "2", "7", "23", "25", "26", "27", "100"):
        assert [item["id"] for item in walk(school, limit=limit)] == whole


def test_a_full_last_page_has_no_next(school: Console) -> None:
    assert school.get(PEOPLE, limit="26").json_body["next"] is None
    assert school.get(PEOPLE, limit="25").json_body["next"] is not None


def test_the_order_is_role_year_group_and_name(school: Console) -> None:
    items = walk(school, role="student")
    keys = [(int(item["year_group"]), item["registration_group"], item["family_name"]) for item in items]
    assert keys == sorted(keys)
    assert [item["role"] for item in walk(school)] == ["student"] * 23 + ["teacher", "staff", "parent"]


FILTERS: list[tuple[dict[str, str], int]] = [
    ({"role": "student"}, 23),
    ({"role": "teacher"}, 1),
    ({"year_group": "7"}, 11),
    ({"year_group": "7", "registration_group": "7B"}, 3),
    ({"registration_group": "10B"}, 4),
    ({"missing_email": "true", "role": "student"}, 4),
    ({"never_logged_in": "true", "role": "student"}, 18),
    ({"q": "given7"}, 1),
    ({"q": "family0007 given"}, 1),
    ({"q": "P1@north"}, 1),
    ({"q": "ADA"}, 1),
    ({"q": "nobody"}, 0),
    ({"role": "", "q": "", "year_group": ""}, 26),
    ({"role": "parent", "year_group": "7"}, 0),
]


def test_filters(school: Console) -> None:
    for query, count in FILTERS:
        assert len(walk(school, limit="3", **query)) == count, query


UNUSABLE: list[dict[str, str]] = [
    {"role": "admin"},
    {"password_hash": "a"},
    {"filter[version][$gt]": "0"},
    {"used_link[$startsWith]": "a"},
    {"sort": "version"},
    {"order_by": "email_key"},
    {"missing_email": "perhaps"},
    {"q": "a" * 101},
    {"limit": "0"},
    {"limit": "101"},
    {"limit": "-1"},
    {"limit": "١٢"},
    {"limit": "1e3"},
    {"cursor": "AAAA"},
    {"cursor": "a" * 5000},
    {"cursor": "é"},
    {"cursor": "northbridge#student"},
]


def test_what_is_not_allowed_is_refused_by_name(school: Console) -> None:
    for query in UNUSABLE:
        answer = school.get(PEOPLE, **query)
        assert (answer.status_code, set(answer.json_body.get("fields", ()))) == (422, set(query)), query


def test_a_parameter_given_twice_is_refused(school: Console) -> None:
    assert school.get(PEOPLE + "?q=ann&q=bob").status_code == 400
    assert school.get(PEOPLE + "?role=student&missing_email=true&missing_email=true").status_code == 400


def test_several_roles_years_and_groups_are_chosen_at_once(school: Console) -> None:
    def found(query: str) -> list[str]:
        return [item["id"] for item in school.get(f"{PEOPLE}?limit=100&{query}").json_body["items"]]

    assert len(found("role=teacher&role=staff")) == 2
    assert found("role=student&year_group=10&year_group=Y7") == found("role=student")
    assert set(found("registration_group=7b&registration_group=10B")) == {
        *found("registration_group=7B"),
        *found("registration_group=10B"),
    }
    first = school.get(f"{PEOPLE}?limit=5&year_group=7&year_group=10").json_body
    assert len(found(f"year_group=10&year_group=7&cursor={first['next']}")) == 18
    assert school.get(PEOPLE + "?role=student&role=admin").status_code == 422
    page = school.page(PEOPLE + "?role=teacher&role=staff").body.decode()
    assert page.count('name="filter.role"') == 2, "the buttons of the page mean exactly these"


def test_a_cursor_works_for_its_own_list_only(school: Console) -> None:
    school.add([make_person(number) for number in range(40, 50)], "southgate")
    cursor = school.get(PEOPLE, limit="3").json_body["next"]
    assert school.get(PEOPLE, limit="5", cursor=cursor).status_code == 200
    assert school.get(PEOPLE, limit="3", cursor=cursor, role="student").status_code == 422
    assert school.get("/admin/northbridge/audit", cursor=cursor).status_code == 422
    school.token = school.sign_in(HEAD_TEACHER, "southgate")
    theirs = school.get("/admin/southgate/people", limit="3").json_body["next"]
    assert school.get("/admin/southgate/people", cursor=cursor).status_code == 422
    school.token = school.sign_in(HEAD_TEACHER)
    assert school.get(PEOPLE, limit="3", cursor=theirs).status_code == 422


def test_a_cursor_holds_no_name_and_no_address(school: Console) -> None:
    import base64

    cursor = school.get(PEOPLE, limit="3").json_body["next"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).lower()
    assert b"family" not in raw
    assert b"@" not in raw.partition(b"[")[2]


def test_nobody_is_passed_over_when_a_person_changes_group_between_two_pages(school: Console) -> None:
    whole = {item["id"] for item in walk(school, role="student")}
    first = school.get(PEOPLE, role="student", limit="3").json_body
    moved = first["items"][-1]["id"]
    directory = school.system.wiring("operate").directory("northbridge")
    person = directory.person(moved)
    assert person is not None
    school.add([replace(person, year_group="13", registration_group="13Z")])
    rest = walk(school, role="student", limit="3", cursor=first["next"])
    assert {item["id"] for item in first["items"]} | {item["id"] for item in rest} == whole


def test_no_page_is_empty_that_has_a_next(school: Console) -> None:
    only = school.get(PEOPLE, q="given22").json_body
    assert ([item["given_name"] for item in only["items"]], only["next"]) == (["Given22"], None)
    assert school.get(PEOPLE, q="nobody is called that").json_body == {"items": [], "next": None}
    for limit in ("1", "7"):
        page = school.get(PEOPLE, never_logged_in="true", limit=limit).json_body
        while page["next"]:
            assert len(page["items"]) == int(limit)
            page = school.get(PEOPLE, never_logged_in="true", limit=limit, cursor=page["next"]).json_body
        assert page["items"]


def test_one_person_with_family_and_nothing_that_a_credential_is_made_of(school: Console) -> None:
    student = make_person(1)
    answer = school.get(f"{PEOPLE}/{student.id}")
    assert set(answer.json_body) == FIELDS | {
        "password_set_at",
        "children",
        "parents",
        "codes",
        "revision",
        "has_second_factor",
        "factors_reset_at",
        "sso",
        "uses_sso",
    }
    assert [parent["given_name"] for parent in answer.json_body["parents"]] == ["Given100"]
    for word in ("version", "used_link", "email_key", "username_key", "stamp", "number", "pin"):
        assert word not in answer.json_body


def test_the_page_offers_a_link_to_those_who_can_have_one(school: Console) -> None:
    def text(number: int) -> str:
        return str(school.page(f"{PEOPLE}/{make_person(number).id}").body.decode())

    assert "Send password link" in text(1)
    assert "Send password link" not in text(5)
    assert "this person has no e-mail address" in text(5)


def test_whose_mail_came_back_is_found_and_shown_until_the_address_is_changed(school: Console) -> None:
    school.add([make_person(61), make_person(62)])
    directory = school.system.wiring("operate").directory("northbridge")
    person, moved = directory.by_ids([make_person(61).id, make_person(62).id])
    at = 1_700_000_000
    directory.change(person.id, {"mail_problem": {"kind": "bounced", "at": at, "email_key": person.email_key}})
    directory.change(moved.id, {"mail_problem": {"kind": "complained", "at": at, "email_key": "e" * 32}})
    (found,) = school.get(PEOPLE, bounced="true").json_body["items"]
    assert (found["id"], found["mail_problem"]) == (person.id, {"kind": "bounced", "at": "2023-11-14T22:13:20Z"})
    assert school.get(f"{PEOPLE}/{moved.id}").json_body["mail_problem"] is None
    page = school.page(f"{PEOPLE}/{person.id}").body.decode()
    assert "this person has an address that mail came back from" in page
    assert "Send password link" not in page
    assert "Mail came back" in school.page(PEOPLE).body.decode()


def test_names_stand_in_the_page_as_text(school: Console) -> None:
    school.add([make_person(55, given_name="<script>alert(1)</script>", family_name='"><a href=//evil>')])
    text = school.page(PEOPLE, q="<script>").body.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<a href=//evil>" not in text


def test_the_page_says_how_many_of_whom(school: Console) -> None:
    assert "Showing 1–23 of 23 students." in school.page(PEOPLE, role="student").body.decode()
    assert "Showing 1 of staff" not in school.page(PEOPLE).body.decode()
    assert (
        "Showing 1–4 of 4 students without an e-mail address."
        in school.page(PEOPLE, role="student", missing_email="true").body.decode()
    )


@pytest.mark.parametrize(("page", "shown"), [("1", "1–50"), ("2", "51–60"), ("9", "51–60"), ("0", "1–50"), ("x", "1–50")])
def test_pages_have_numbers(console: Console, page: str, shown: str) -> None:
    console.add([make_person(number) for number in range(1, 61)])
    text = console.page(PEOPLE, role="student", page=page).body.decode()
    assert f"Showing {shown} of 60 students." in text
    assert ("Next 10" in text, "Previous 50" in text) == (shown == "1–50", shown != "1–50")


def test_the_list_is_sorted_as_asked(school: Console) -> None:
    def order(sort: str) -> list[str]:
        return [item["id"] for item in school.get(PEOPLE, role="student", sort=sort, limit="100").json_body["items"]]

    names = [item["family_name"] for item in school.get(PEOPLE, role="student", sort="name", limit="100").json_body["items"]]
    assert names == sorted(names)
    assert sorted(order("list")) == sorted(order("name")) == sorted(order("last_login"))
    assert school.get(PEOPLE, sort="shoe_size").status_code == 422
    assert 'aria-sort="ascending"' in school.page(PEOPLE, sort="last_login").body.decode()


@pytest.mark.parametrize("name", ["Ann", "𝕬" * 50, "&" * 50, "O'Neil-" * 7, "Zażółć " * 7])
def test_a_page_of_fifty_is_light_whatever_their_names(console: Console, name: str) -> None:
    """At most 60 kB, with what it loads, as a browser gets them the first time."""
    facts: dict[str, Any] = {"given_name": name, "family_name": name, "email": f"{'x' * 50}@{'y' * 50}.example"}
    console.add([make_person(number, **facts, registration_group=f"7{name[:18]}") for number in range(1, 61)])
    text = console.page(PEOPLE, role="student").body.decode()
    assert text.count("<tr") == 51
    found = [asset_file(file) for file in ("latchkey.css", "select.js", "install.js", "key.svg") if file in text]
    weight = len(text.encode()) + sum(len(each.content) for each in found if each)
    assert weight <= 60_000, f"{len(text.encode()):,} of the page, {weight:,} in all"


def test_people_by_how_they_stand(console: Console) -> None:
    console.add([make_person(1), make_person(2, email=None), make_person(3, password_set_at=5, last_login_at=6)])
    place = "/admin/northbridge/people"
    for query, wanted in [
        ({"reason": "never_sent", "role": "student"}, ["Given1"]),
        ({"standing": "not_ready", "role": "student"}, ["Given1", "Given2"]),
        ({"standing": "ready", "role": "student"}, ["Given3"]),
        ({"reason": "signed_in", "role": "student"}, ["Given3"]),
        ({"reason": "locked"}, []),
    ]:
        answer = console.get(place, **query)
        assert [each["given_name"] for each in answer.json_body["items"]] == wanted
    page = console.get(place, standing="not_ready", role="student", limit="1").json_body
    rest = console.get(place, standing="not_ready", role="student", limit="1", cursor=page["next"]).json_body
    assert [each["given_name"] for each in page["items"] + rest["items"]] == ["Given1", "Given2"]
    assert rest["next"] is None
    text = console.page(place, reason="no_address", role="student").body.decode()
    assert "Given2" in text
    assert "Students who have no e-mail address" in text, "the page says whom it shows"
    assert console.get(place, reason="gone").status_code in {400, 422}


@pytest.mark.parametrize(
    ("facts", "sentence", "button"),
    [
        ({"email": None}, "Cannot log in: no e-mail address.", "Show the codes"),
        ({"email": None, "role": "staff", "year_group": None}, "Cannot log in: no e-mail address.", "Add an address"),
        ({}, "Cannot log in: never sent a link.", "Send password link"),
        ({"status": "disabled"}, "Cannot log in: account switched off.", "Correct the account"),
        ({"password_set_at": 5, "last_login_at": 6}, "Can log in: has logged in.", "Send password link"),
    ],
)
def test_the_page_of_one_says_whether_they_can_log_in_and_what_helps(
    console: Console, facts: dict[str, Any], sentence: str, button: str
) -> None:
    console.add([make_person(1, **facts)])
    text = console.page(f"{PEOPLE}/{make_person(1).id}").body.decode()
    assert text.count(f'id="standing">{sentence}</p>') == 1
    assert text.count(f">{button}<") == 1
    assert text.index(f">{button}<") > text.index('id="standing"')
