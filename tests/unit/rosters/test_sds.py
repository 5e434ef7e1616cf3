"""Microsoft School Data Sync: v2.1 is read whole; the older forms are refused with the way out."""

import pytest

from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model.bundle import KnownAs
from tests.support.rosters import parse, zipped

ORGS = "sourcedId,name,type,parentSourcedId\nnb1,Northbridge Academy,school,\n"
USERS = "sourcedId,username,givenName,familyName,password,activeDirectoryMatchId,email,phone,sms\n"
ROLES = "userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\n"
RELATIONSHIPS = "userSourcedId,relationshipUserSourcedId,relationshipRole\n"


def test_the_sample_of_microsoft() -> None:
    """Case 7: usernames with the domain."""
    users = (
        "q22s2,gwen.hale@northbridge.example,Gwen,Hale,secret,gwen.hale@northbridge.example,,,\n"
        "q22p2,iris.hale@mail.example,Iris,Hale,,,iris.hale@mail.example,+441632960001,\n"
    )
    roles = "q22s2,nb1,student,SY26,7,TRUE,2026-09-01,2027-07-20\nq22p2,nb1,guardian,SY26,,TRUE,,\n"
    files = {"classes": "sourcedId\n", "courses": "sourcedId\n", "demographics": "sourcedId\n", "userFlags": "x\n"}
    found = parse(
        zipped(
            orgs=ORGS, users=USERS + users, roles=ROLES + roles, relationships=RELATIONSHIPS + "q22s2,q22p2,guardian\n", **files
        )
    )
    assert [(each.mis_id, each.role, each.email, each.username, each.year_group, each.links) for each in found.rows] == [
        ("q22s2", "student", "gwen.hale@northbridge.example", None, "7", ("q22p2",)),
        ("q22p2", "parent", "iris.hale@mail.example", None, None, ("q22s2",)),
    ]
    assert (found.rejected, found.warned) == ([], [])
    assert found.format == "sds"
    assert found.shape == "School Data Sync 2.1; classes, courses, demographics and user flags were not read"
    assert "secret" not in repr(found)


def test_short_usernames_are_no_oneroster() -> None:
    """Case 28: year and parent are read."""
    users = "sourcedId,username,givenName,familyName,email\nq22s3,ghale3,Gwen,Hale,\nq22p3,,Iris,Hale,iris.hale@mail.example\n"
    roles = "userSourcedId,orgSourcedId,role,grade,isPrimary\nq22s3,nb1,student,7,TRUE\nq22p3,nb1,guardian,,FALSE\n"
    found = parse(zipped(orgs=ORGS, users=users, roles=roles, relationships=RELATIONSHIPS + "q22s3,q22p3,guardian\n"))
    assert [(each.role, each.username, each.year_group, each.links) for each in found.rows] == [
        ("student", "ghale3", "7", ("q22p3",)),
        ("parent", None, None, ("q22s3",)),
    ]


def test_contacts_may_stand_in_relationships_only() -> None:
    users = USERS + "s1,s1,Sam,Lee,,,,,\ns2,s2,Sue,Lee,,,,,\np1,,Pat,Lee,,,p@mail.example,,\nd1,,Doc,Tor,,,d@mail.example,,\n"
    roles = ROLES + "s1,nb1,student,,7,TRUE,,\ns2,nb1,student,,kg,TRUE,,\n"
    relations = RELATIONSHIPS + "s1,p1,parent\ns2,p1,guardian\ns1,d1,doctor\ns1,p9,parent\n"
    found = parse(zipped(orgs=ORGS, users=users, roles=roles, relationships=relations))
    assert [(each.mis_id, each.role, each.links) for each in found.rows] == [
        ("s1", "student", ("p1", "p9")),
        ("s2", "student", ("p1",)),
        ("p1", "parent", ("s1", "s2")),
    ]
    assert [(each.line, each.column) for each in found.rejected] == [(5, "role")]


def test_a_teacher_who_is_a_parent_by_a_relationship() -> None:
    users = USERS + "s1,s1,Sam,Lee,,,,,\nt1,t1,Pat,Lee,,,,,\n"
    roles = ROLES + "s1,nb1,student,,7,TRUE,,\nt1,nb1,teacher,,,TRUE,,\n"
    found = parse(zipped(orgs=ORGS, users=users, roles=roles, relationships=RELATIONSHIPS + "s1,t1,parent\n"))
    assert [(each.role, each.links) for each in found.rows] == [("student", ("t1",)), ("teacher", ("s1",))]
    assert [each.value for each in found.warned] == ["Pat Lee"]


def test_rows_with_id_and_username_alone_are_those_of_people_whom_we_know() -> None:
    users = "sourcedId,username\ns1,s1.lee\ns2,s2.lee\n"
    roles = ROLES + "s1,nb1,student,,07,TRUE,,\ns2,nb1,student,,07,TRUE,,\n"
    known = {"s1": KnownAs("student", "Sam", "Lee")}
    found = parse(zipped(users=users, roles=roles), known=lambda _: known)
    assert [(each.mis_id, each.given_name, each.family_name, each.username) for each in found.rows] == [
        ("s1", "Sam", "Lee", "s1.lee")
    ]
    assert [(each.line, each.reason) for each in found.rejected] == [(3, "there is no name")]
    assert "givenName" in found.warnings[0]


def test_another_school_of_the_bundle() -> None:
    orgs = ORGS + "sg1,Southgate,school,\n"
    users = USERS + "s1,s1,Sam,Lee,,,,,\ns2,s2,Sue,Ray,,,,,\np1,,Pat,Lee,,,,,\np2,,Pol,Ray,,,,,\n"
    roles = ROLES + "s1,nb1,student,,7,TRUE,,\ns2,sg1,student,,7,TRUE,,\n"
    relations = RELATIONSHIPS + "s1,p1,parent\ns2,p2,parent\ns2,p1,parent\n"
    found = parse(zipped(orgs=orgs, users=users, roles=roles, relationships=relations), title="Northbridge Academy")
    assert [(each.mis_id, each.links) for each in found.rows] == [("s1", ("p1",)), ("p1", ("s1",))]
    assert [each.line for each in found.rejected] == [3, 5]
    with pytest.raises(Unusable, match="several schools"):
        parse(zipped(orgs=orgs, users=users, roles=roles), title="Another name")


def test_the_first_format_is_refused_with_the_way_out() -> None:
    school = "DfE Number,Name\n8034001,Northbridge Academy\n"
    student = "ID,School DfE Number,First Name,Last Name,Username,Password\nq22s1,8034001,Gus,Hale,GHale,\n"
    for files in (
        {"School": school, "Student": student, "Teacher": student, "Section": "ID\n", "User": "Email\n"},
        {"student": student, "teacher": student},
    ):
        with pytest.raises(Unusable, match=r"format v1.*Export \"SDS v2.1 CSV\""):
            parse(zipped(**files))
    with pytest.raises(Unusable, match="Clever"):
        parse(zipped(students="Student_id\n", teachers="Teacher_id\n", sections="x\n"))


def test_the_second_format_is_refused_too() -> None:
    users = "sourcedId,orgSourcedIds,username,givenName,familyName,role,grade\ns1,nb1,s1,Sam,Lee,Student,7\n"
    with pytest.raises(Unusable, match="format v2"):
        parse(zipped(orgs=ORGS, users=users))


@pytest.mark.parametrize(
    ("word", "role"),
    [("professor", "teacher"), ("substitute", "teacher"), ("teacherAssistant", "staff"), ("itAdmin", "staff"), ("alumni", None)],
)
def test_roles_as_microsoft_lists_them(word: str, role: str | None) -> None:
    users = USERS + "t1,t1,Pat,Lee,,,,,\n"
    found = parse(zipped(users=users, roles=ROLES + f"t1,nb1,{word},,,TRUE,,\n"))
    assert [each.role for each in found.rows] == ([role] if role else [])
    assert [each.column for each in found.rejected] == ([] if role else ["role"])
