"""Bundles on a whole system: whom links join, whom they miss, and what the preview says of the file."""

from collections.abc import Iterator

import pytest

from tests.support.console import running_console
from tests.support.rosters import UPNS, Desk, parent, plain, row, zipped

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


def transfer(
    *pupils: str, source: str = "<LEA>801</LEA><Estab>1251</Estab>", dest: str = "<LEA>801</LEA><Estab>1250</Estab>"
) -> bytes:
    return (
        f"<CTfile><Header><CTFversion>25.0</CTFversion><SourceSchool>{source}</SourceSchool><DestSchool>{dest}</DestSchool></Header>"
        f"<CTFpupilData>{''.join(pupils)}</CTFpupilData></CTfile>"
    ).encode()


def pupil(upn: str, given: str, details: str = "", more: str = "") -> str:
    names = f"<UPN>{upn}</UPN><Surname>MARSH</Surname><Forename>{given}</Forename>"
    return f"<Pupil>{names}<BasicDetails>{details}</BasicDetails>{more}</Pupil>"


def has_laestab(desk: Desk) -> None:
    answer = desk.console.post("/admin/northbridge/settings", {"laestab": "801/1250"}, method="put")
    assert (answer.status_code, answer.json_body["laestab"]) == (200, "8011250")


def test_a_transfer_adds_and_matches_by_upn_and_nobody_leaves(desk: Desk) -> None:
    desk.load([row(1, upn=UPNS[0]), row(2)])
    has_laestab(desk)
    year = "<NCyearActual>8</NCyearActual>"
    content = transfer(pupil(UPNS[0], "IVY", year), pupil(UPNS[1], "TOM", year, "<Email>tom@pupils.northbridge.example</Email>"))
    run = desk.preview(content, "8011251_CTF_8011250_001.xml")
    assert (run["format"], run["shape"]) == ("ctf", "Common Transfer File 25.0")
    assert (run["counts"]["new"], run["counts"]["changed"], run["leaving"]) == (1, 1, 0)
    assert desk.apply(run["id"])["state"] == "finished"
    known, new, other = desk.person("S1"), desk.person(f"upn:{UPNS[1]}"), desk.person("S2")
    assert known is not None
    assert new is not None
    assert other is not None
    assert (known.mis_id, known.given_name, known.family_name, known.year_group) == ("S1", "Ivy", "Marsh", "8")
    assert (known.username, known.registration_group, known.email) == ("user1", "7A", "s1@pupils.northbridge.example")
    assert (new.name, new.upn, new.year_group, new.email) == ("Tom Marsh", UPNS[1], "8", "tom@pupils.northbridge.example")
    assert other.status == "active"
    again = desk.preview(content, "again.xml")
    assert again["counts"]["unchanged"] == 2
    permanent = desk.preview(transfer(pupil(UPNS[2], "TOM", f"<FormerUPN>{UPNS[1]}</FormerUPN>")), "permanent.xml")
    assert (permanent["counts"]["new"], permanent["counts"]["changed"]) == (0, 1)
    desk.apply(permanent["id"])
    after = desk.person(f"upn:{UPNS[1]}")
    assert after is not None
    assert after.upn == UPNS[2]
    later = desk.preview(transfer(pupil(UPNS[2], "TOM")), "later.xml")
    assert later["counts"]["unchanged"] == 1


def test_a_transfer_of_others_changes_nothing(desk: Desk) -> None:
    run = desk.preview(transfer(pupil(UPNS[0], "IVY")), "other.xml")
    assert (run["state"], run["format"]) == ("failed", None)
    assert "LAESTAB" in run["reason"]
    has_laestab(desk)
    assert desk.preview(transfer(pupil(UPNS[0], "IVY")), "ours.xml")["counts"]["new"] == 1


def test_grades_are_asked_once_and_remembered_for_the_school(desk: Desk) -> None:
    users = USERS + "s1,,student,ada,Ada,King,,,06\n"
    run = desk.preview(zipped(users=users), "bundle.zip")
    assert [(each["name"], each["count"], each["chosen"]) for each in run["decisions"]] == [("grades", 1, "years")]
    answer = desk.console.post(f"/admin/northbridge/rosters/{run['id']}/decide", {"name": "grades", "option": "ceds"})
    assert answer.status_code == 200
    assert desk.work(*desk.console.system.messages("ROSTER_QUEUE")) == 0
    desk.apply(run["id"])
    assert [each.year_group for each in [desk.person("s1")] if each] == ["7"]
    again = desk.preview(zipped(users=users), "again.zip")
    assert (again["counts"]["unchanged"], again["decisions"][0]["chosen"]) == (1, "ceds")
