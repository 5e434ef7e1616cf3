"""Bundles on a whole system: whom links join, whom they miss, and what the preview says of the file."""

from collections.abc import Iterator

import pytest

from tests.support.console import running_console
from tests.support.rosters import Desk, parent, plain, row, zipped

USERS = "sourcedId,status,role,username,givenName,familyName,email,agentSourcedIds,grades\n"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        yield Desk(console, monkeypatch)


def test_links_to_nobody_are_counted_with_their_rows(desk: Desk) -> None:
    """Case 32."""
    desk.load([row(9)])
    rows = [row(1), parent(1, "S1", "x1"), parent(2, "S1", "y1"), parent(3, "nobody"), parent(4, "S9")]
    run = desk.preview(plain(rows))
    assert (run["links"], run["links_to_nobody"], run["counts"]["new"]) == (6, 3, 5)
    (told,) = [each for each in run["warnings"] if each["kind"] == "children"]
    assert (told["count"], [(each["line"], each["value"]) for each in told["rows"]]) == (3, [(3, "x1"), (4, "y1"), (5, "nobody")])
    assert "in no row and not in Latchkey" in told["text"]
    assert "no row and not in Latchkey" in desk.console.page(f"/admin/northbridge/rosters/{run['id']}").body.decode()
    after = desk.apply(run["id"])
    assert (after["links"], after["links_to_nobody"]) == (3, 3)


def test_a_rejected_row_is_nobody_to_be_linked_to(desk: Desk) -> None:
    run = desk.preview(plain([row(1, role="clown"), parent(1, "S1")]))
    assert (run["links_to_nobody"], run["counts"]["rejected"]) == (1, 1)


def test_a_teacher_with_children_is_one_account(desk: Desk) -> None:
    """Case 35."""
    users = USERS + "t1,,teacher,mara,Mara,Quill,m.quill@northbridge.example,s1,\ns1,,student,tam,Tam,Quill,,t1,08\n"
    run = desk.preview(zipped(users=users, courses="x\n"), "bundle.zip")
    assert (run["format"], run["shape"], run["links"]) == ("oneroster", "OneRoster 1.1; courses were not read", 1)
    assert [(row["line"], row["name"]) for each in run["warnings"] for row in each["rows"]] == [(2, "Mara Quill")]
    desk.apply(run["id"])
    teacher, child = desk.person("t1"), desk.person("s1")
    assert teacher is not None
    assert child is not None
    assert (teacher.role, teacher.children, child.parents) == ("teacher", (child.id,), (teacher.id,))
    again = desk.preview(zipped(users=users), "bundle.zip")
    assert again["counts"]["unchanged"] == 2


def test_a_delta_keeps_roles_and_everybody_else(desk: Desk) -> None:
    users = "sourcedId,status,username,givenName,familyName,email,grades\n"
    roles = "sourcedId,status,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n"
    bulk = zipped(
        users=users + "t1,,tea,Tom,Tutor,,\ns1,,ada,Ada,King,,07\ns2,,bo,Bo,King,,07\n",
        roles=roles + "1,,t1,primary,teacher,,,\n2,,s1,primary,student,,,\n3,,s2,primary,student,,,\n",
    )
    assert desk.apply(desk.preview(bulk, "bulk.zip")["id"])["counts"]["new"] == 3
    manifest = "propertyName,value\nfile.users,delta\nfile.roles,delta\n"
    delta = zipped(
        manifest=manifest,
        users=users + "t1,active,tea,Tom,Teacher,,\ns1,tobedeleted,ada,Ada,King,,\n",
        roles=roles + "2,tobedeleted,s1,primary,student,,,\n",
    )
    run = desk.preview(delta, "delta.zip")
    assert (run["counts"]["changed"], run["counts"]["rejected"], run["leaving"]) == (2, 0, 1)
    desk.apply(run["id"])
    found = [desk.person(each) for each in ("t1", "s1", "s2")]
    assert [(each.role, each.family_name, each.status) for each in found if each] == [
        ("teacher", "Teacher", "active"),
        ("student", "King", "left"),
        ("student", "King", "active"),
    ]
