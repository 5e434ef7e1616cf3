"""OneRoster as real systems write it: roles with dates, second roles, deltas, trusts, usernames that are addresses."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from latchkey.office_files.model.unusable import Unusable
from latchkey.rosters.model.bundle import KnownAs
from tests.support.rosters import TODAY, Parsed, parse, zipped

OURS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\nnb1,,,Northbridge Academy,school,,tr1\n"
ORGS = OURS + "tr1,,,North Trust,district,,\n"
USERS_11 = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,"
    "email,sms,phone,agentSourcedIds,grades,password\n"
)
USERS_12 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
    "agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,preferredMiddleName,"
    "preferredFamilyName,primaryOrgSourcedId,pronouns\n"
)
ROLES = "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId\n"
WORDS = {"student": "student", "teacher": "teacher", "parent": "parent", "principal": "staff"}
MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"


def user(number: str, given: str = "Ann", **cells: str) -> str:
    """A row of users.csv of OneRoster 1.2."""
    names = USERS_12.strip().split(",")
    values = {"sourcedId": number, "enabledUser": "true", "username": f"u{number}", "givenName": given, "familyName": "Lark"}
    return ",".join((values | cells).get(name, "") for name in names) + "\n"


def bundle(users: str, roles: str = "", **files: str) -> Parsed:
    return parse(zipped(orgs=ORGS, users=USERS_12 + users, roles=ROLES + roles, **files))


def roles_of(found: Parsed) -> dict[str, str]:
    return {each.mis_id: each.role for each in found.rows}


def test_a_username_that_is_the_address_costs_nobody_the_account() -> None:
    """Case 1."""
    users = (
        "q01s1,,,true,nb1,student,ada.finch@northbridge.example,,Ada,Finch,,,ada.finch@northbridge.example,,,,07,\n"
        "q01t1,,,true,nb1,teacher,B.Okoro@northbridge.example,,Ben,Okoro,,,b.okoro@northbridge.example,,,,,\n"
        "q01t2,,,true,nb1,teacher,C.Ray@northbridge.example,,Cy,Ray,,,,,,,,\n"
    )
    found = parse(zipped(orgs=ORGS, users=USERS_11 + users))
    assert [(each.mis_id, each.email, each.username) for each in found.rows] == [
        ("q01s1", "ada.finch@northbridge.example", None),
        ("q01t1", "b.okoro@northbridge.example", None),
        ("q01t2", "c.ray@northbridge.example", None),
    ]
    assert (found.rejected, found.warned) == ([], [])
    assert found.shape == "OneRoster 1.1"


def test_a_role_outside_its_dates_is_none_and_the_current_one_counts() -> None:
    """Case 30: a leaver of 2025, a former student who teaches now, a second role alone."""
    users = user("q05a") + user("q05b", "Bob") + user("q05c", "Cyd")
    roles = (
        "r1,,,q05a,primary,student,2019-09-01,2026-07-20,nb1,\nr2,,,q05a,primary,teacher,2026-09-01,,nb1,\n"
        "r3,,,q05b,secondary,teacher,,,nb1,\nr4,,,q05c,primary,student,2019-09-01,2025-07-20,nb1,\n"
    )
    found = bundle(users, roles)
    assert roles_of(found) == {"q05a": "teacher", "q05b": "teacher"}
    assert [(each.line, each.column, each.reason, each.value) for each in found.rejected] == [
        (4, "role", "has no role here today: it ended on 2025-07-20", "Cyd Lark")
    ]
    assert found.warned == [], "a role that has ended is no second role"


@pytest.mark.parametrize(
    ("begins", "ends", "role"),
    [
        ("", "", "student"),
        ("2026-11-26", "2026-11-26", "student"),
        ("2026-11-27", "", "student"),  # a school prepares a year before it begins
        ("2027-02-26", "", "student"),
        ("2027-02-27", "", None),
        ("", "2026-11-25", None),
        ("01/09/2026", "20/07/2027", "student"),
        ("soon", "later", "student"),
    ],
)
def test_the_dates_of_a_role(begins: str, ends: str, role: str | None) -> None:
    found = bundle(user("a"), f"r1,,,a,primary,student,{begins},{ends},nb1,\n")
    assert [each.role for each in found.rows] == ([role] if role else [])
    assert len(found.rejected) == (role is None)


def test_a_current_role_counts_before_one_that_begins_soon_and_a_primary_one_before_others() -> None:
    roles = (
        "1,,,a,primary,teacher,2027-01-01,,nb1,\n2,,,a,secondary,staff,,,nb1,\n"
        "3,,,b,secondary,parent,,,nb1,\n4,,,b,primary,teacher,,,nb1,\n"
        "5,,,c,primary,clown,,,nb1,\n6,,,c,secondary,teacher,,,nb1,\n"
    )
    found = bundle(user("a") + user("b") + user("c"), roles)
    assert roles_of(found) == {"a": "staff", "b": "teacher", "c": "teacher"}


def test_a_teacher_who_is_a_parent_has_one_account_with_the_child() -> None:
    """Cases 33 and 35."""
    users = (
        "q04t1,,,true,q04mara,,Mara,Quill,,,m.quill@northbridge.example,,,q04s1,,,,,,,,nb1,\n"
        "q04s1,,,true,q04tam,,Tamsin,Quill,,,,,,q04t1,08,,,,Tam,,,nb1,\n"
    )
    roles = (
        "r1,,,q04t1,primary,teacher,2026-09-01,,nb1,\nr2,,,q04t1,secondary,parent,2026-09-01,,nb1,\n"
        "r3,,,q04s1,primary,student,2026-09-01,,nb1,\n"
    )
    found = bundle(users, roles)
    assert [(each.role, each.given_name, each.links) for each in found.rows] == [
        ("teacher", "Mara", ("q04s1",)),
        ("student", "Tamsin", ("q04t1",)),
    ]
    assert found.rows[1].preferred_given_name == "Tam"
    assert found.rows[1].preferred_family_name is None
    assert [(each.line, each.column, each.value) for each in found.warned] == [(2, "role", "Mara Quill")]
    assert "also a parent" in found.warned[0].reason


def test_a_teacher_who_is_staff_too_needs_no_word() -> None:
    found = bundle(user("a"), "1,,,a,primary,teacher,,,nb1,\n2,,,a,secondary,principal,,,nb1,\n")
    assert (roles_of(found), found.warned) == ({"a": "teacher"}, [])


def test_preferred_names_of_1_1_stand_in_its_metadata() -> None:
    header = USERS_11.replace(",password", ",metadata.preferredGivenName,metadata.preferredFamilyName")
    found = parse(zipped(users=header + "1,,,true,,student,a,,Thomasina,Yates,Mary,,,,,,07,Tam,Gates\n"))
    row = found.rows[0]
    assert (row.given_name, row.preferred_given_name, row.preferred_family_name) == ("Thomasina", "Tam", "Gates")


def test_a_trust_s_bundle_of_1_2_has_our_people_by_their_roles() -> None:
    orgs = OURS + "o2,,,Southgate,school,100002,tr1\ntr1,,,North Trust,district,,\n"
    orgs = orgs.replace("nb1,,,Northbridge Academy,school,,", "nb1,,,Northbridge Academy,school,100001,")
    users = USERS_12 + user("a") + user("b", "Bob") + user("c", "Cyd")
    roles = (
        ROLES
        + "1,,,a,primary,student,,,nb1,\n2,,,b,primary,student,,,o2,\n3,,,c,primary,teacher,,,o2,\n4,,,c,primary,staff,,,tr1,\n"
    )
    found = parse(zipped(orgs=orgs, users=users, roles=roles))
    assert roles_of(found) == {"a": "student", "c": "staff"}
    assert [(each.line, each.reason, each.value) for each in found.rejected] == [(3, "is at another school there", "Bob Lark")]


@pytest.mark.parametrize("identifier", ["8011250", "801/1250", "801 1250", "801-1250"])
def test_a_trust_may_name_our_school_by_its_laestab(identifier: str) -> None:
    orgs = f"sourcedId,name,type,identifier\no1,Ours,school,{identifier}\no2,Theirs,school,801/1251\n"
    users = USERS_11 + "s1,,,true,o1,student,a,,A,B,,,,,,,07,\ns2,,,true,o2,student,b,,C,D,,,,,,,07,\n"
    found = parse(zipped(orgs=orgs, users=users), school=("northbridge", "8011250"))
    assert [each.mis_id for each in found.rows] == ["s1"]
    with pytest.raises(Unusable, match="several schools"):
        parse(zipped(orgs=orgs, users=users), school=("northbridge", "100001"))
    with pytest.raises(Unusable, match="another school's"):
        parse(zipped(orgs=orgs.replace("o2,Theirs,school,801/1251\n", ""), users=users), school=("northbridge", "8011259"))


def test_several_schools_without_numbers_are_told_by_name_where_only_one_has_it() -> None:
    orgs = "sourcedId,name,type,identifier\no1,Northbridge Academy,school,\no2,Southgate,school,\n"
    users = USERS_11 + "s1,,,true,o1,student,a,,A,B,,,,,,,07,\ns2,,,true,o2,student,b,,C,D,,,,,,,07,\n"
    found = parse(zipped(orgs=orgs, users=users), title="Northbridge Academy")
    assert [each.mis_id for each in found.rows] == ["s1"]
    with pytest.raises(Unusable, match="several schools"):
        parse(zipped(orgs=orgs.replace("Southgate", "Northbridge Academy"), users=users), title="Northbridge Academy")


def test_a_department_of_another_school_is_not_ours() -> None:
    orgs = (
        "sourcedId,name,type,identifier,parentSourcedId\no1,Ours,school,100001,t\no2,Theirs,college,100002,t\n"
        "d1,Maths,department,,o1\nd2,Maths,department,,o2\nd3,Sub,department,,d2\nc1,C,department,,c2\nc2,C,department,,c1\nt,T,district,,\n"
    )
    users = "".join(user(each) for each in ("d1", "d2", "d3", "c1", "t", "o2"))
    roles = "".join(f"{each},,,{each},primary,teacher,,,{each},\n" for each in ("d1", "d2", "d3", "c1", "t", "o2"))
    found = parse(zipped(orgs=orgs, users=USERS_12 + users, roles=ROLES + roles))
    assert [each.mis_id for each in found.rows] == ["d1", "c1", "t"]


@pytest.mark.parametrize("version", ["1.1", "1.2", "sds"])
@pytest.mark.parametrize("manifest", [MANIFEST, MANIFEST + "file.users,delta\nfile.roles,delta\nfile.orgs,absent\n"])
def test_people_of_several_schools_without_orgs_are_refused(version: str, manifest: str) -> None:
    """A delta leaves out a file that has not changed: nothing would say whose people these are."""
    for others, refused in (("nb1", False), ("o2", True)):
        if version == "1.1":
            rows = f"s1,,,true,nb1,student,a,,A,B,,,,,,,07,\ns2,,,true,{others},student,b,,C,D,,,,,,,07,\n"
            content = zipped(manifest=manifest, users=USERS_11 + rows)
        elif version == "1.2":
            roles = f"1,,,a,primary,student,,,nb1,\n2,,,b,primary,student,,,{others},\n"
            content = zipped(manifest=manifest, users=USERS_12 + user("a") + user("b"), roles=ROLES + roles)
        else:
            roles = f"userSourcedId,orgSourcedId,role,grade,isPrimary\na,nb1,student,7,TRUE\nb,{others},student,7,TRUE\n"
            content = zipped(users=USERS_12 + user("a") + user("b"), roles=roles)
        if refused:
            with pytest.raises(Unusable, match="several organisations"):
                parse(content)
        else:
            assert len(parse(content).rows) == 2


def test_without_orgs_an_organisation_in_common_is_enough() -> None:
    rows = 's1,,,true,"nb1,tr1",teacher,a,,A,B,,,,,,,,\ns2,,,true,nb1,student,b,,C,D,,,,,,,07,\n'
    rows += "s3,,,true,,student,c,,E,F,,,,,,,07,\n"
    assert len(parse(zipped(users=USERS_11 + rows)).rows) == 3


KNOWN = {"a": KnownAs("teacher", "Ann", "Lark"), "b": KnownAs("student", "Bob", "Lark")}


def test_a_delta_says_only_what_has_changed() -> None:
    manifest = MANIFEST + "file.users,delta\nfile.roles,delta\nfile.orgs,absent\n"
    users = USERS_12 + user("a", email="new@x.example") + user("b", "", familyName="", status="tobedeleted") + user("z", "Zoe")
    content = zipped(manifest=manifest, users=users, roles=ROLES + "1,active,,z,primary,student,,,nb1,\n")
    found = parse(content, known=lambda ids: {each: KNOWN[each] for each in ids if each in KNOWN})
    assert [(each.mis_id, each.role, each.given_name, each.leaves) for each in found.rows] == [
        ("a", "teacher", "Ann", False),
        ("b", "student", "Bob", True),
        ("z", "student", "Zoe", False),
    ]
    assert found.whole is False
    assert found.shape == "OneRoster 1.2, only what has changed (delta)"
    assert parse(zipped(users=USERS_12 + user("a"), roles=ROLES + "1,,,a,primary,student,,,,\n", manifest=MANIFEST)).whole


def test_a_delta_without_people_is_refused_in_words() -> None:
    with pytest.raises(Unusable, match="no people"):
        parse(zipped(manifest=MANIFEST + "file.users,absent\nfile.orgs,delta\n", orgs=ORGS))


def test_who_leaves_needs_no_role_any_more() -> None:
    roles = "1,tobedeleted,,a,primary,teacher,,,nb1,\n2,,,n,primary,student,,2026-07-20,nb1,\n"
    users = user("a", status="tobedeleted") + user("n", status="tobedeleted")
    content = zipped(users=USERS_12 + users, roles=ROLES + roles)
    found = parse(content, known=lambda ids: {each: KNOWN[each] for each in ids if each in KNOWN})
    assert [(each.mis_id, each.role, each.leaves) for each in found.rows] == [("a", "teacher", True), ("n", "student", True)]
    assert found.rejected == []


def test_what_is_switched_off_there_changes_nothing_here() -> None:
    found = bundle(user("a", enabledUser="false") + user("b"), "1,,,a,primary,student,,,nb1,\n2,,,b,primary,student,,,nb1,\n")
    assert roles_of(found) == {"b": "student"}
    assert [(each.line, each.column) for each in found.rejected] == [(2, "enabledUser")]


@pytest.mark.parametrize(
    "cells",
    [
        {"userIds": "{UPN:B801200005001}"},
        {"userIds": '"{Fed:x},{upn: B801200005001 }"'},
        {"identifier": "B801200005001"},
        {"userMasterIdentifier": "B801200005001"},
    ],
)
def test_where_a_upn_may_stand(cells: dict[str, str]) -> None:
    found = bundle(user("a", **cells), "1,,,a,primary,student,,,nb1,\n")
    assert [each.upn for each in found.rows] == ["B801200005001"]


def test_the_links_of_people_who_are_in_no_row() -> None:
    """Case 21 and 32: the links are kept as the file has them; the preview counts those to nobody."""
    users = (
        'q21s1,,,true,nb1,student,q21u1,,Abe,Lind,,,,,,"q21p1, q21p2",09,\n'
        "q21p1,,,true,nb1,guardian,,,Eva,Lind,,,eva.lind@mail.example,,,q21s1,,\n"
        "q21t1,,,true,nb1,teacher,q21t,,Ray,Holt,,,,,,q21s1,,\n"
        "q21p3,,,true,nb1,parent,q21p3@mail.example,,No,Kids,,,,,,,,\n"
    )
    found = parse(zipped(orgs=ORGS, users=USERS_11 + users))
    assert [(each.mis_id, each.role, each.links, each.email) for each in found.rows] == [
        ("q21s1", "student", ("q21p1", "q21p2"), None),
        ("q21p1", "parent", ("q21s1",), "eva.lind@mail.example"),
        ("q21t1", "teacher", ("q21s1",), None),
        ("q21p3", "parent", (), "q21p3@mail.example"),
    ]
    assert found.rejected == []


def test_the_preview_says_which_files_were_left_unread() -> None:
    found = bundle(
        user("a"), "1,,,a,primary,student,,,nb1,\n", courses="sourcedId\n", demographics="sourcedId\n", academicSessions="x\n"
    )
    assert found.shape == "OneRoster 1.2; academic sessions, courses and demographics were not read"


@pytest.mark.parametrize(
    ("grade", "years", "ceds"),
    [
        ("07", "7", "8"),
        ("6", "6", "7"),
        ("13", "13", "14"),
        ("KG", "R", "1"),
        ("PK", "N", "N"),
        ("TK", None, "R"),
        ('"06,07"', "6", "7"),
        ("R", "R", "R"),
        ("Year 7", "7", "7"),
        ("UG", None, None),
        ("", None, None),
    ],
)
def test_grades_are_year_groups_or_codes_of_ceds_as_the_school_says(grade: str, years: str | None, ceds: str | None) -> None:
    for chosen, year in (({}, years), ({"grades": "years"}, years), ({"grades": "ceds"}, ceds)):
        users = user("a", grades=grade) + user("b", "Bob", grades=grade)
        content = zipped(users=USERS_12 + users, roles=ROLES + "1,,,a,primary,student,,,nb1,\n2,,,b,primary,teacher,,,nb1,\n")
        found = parse(content, chosen=chosen)
        assert [each.year_group for each in found.rows] == [year, None]
        asked = [(each.question, each.count) for each in found.asks]
        assert asked == ([] if grade in {"", "R", "Year 7", "UG"} else [("grades", 1)])


rows_of_roles = st.lists(
    st.tuples(
        st.sampled_from(["student", "teacher", "parent", "principal", "clown"]),
        st.sampled_from(["primary", "secondary", ""]),
        st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        st.integers(-30, 400),
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(rows_of_roles)
def test_whatever_roles_somebody_has_the_one_that_counts_is_current_or_soon(rows: list[tuple[str, str, date, int]]) -> None:
    lines, current, soon, primary = [], set(), set(), set()
    for number, (role, kind, begins, days) in enumerate(rows):
        ends = begins + timedelta(days=days)
        lines.append(f"{number},,,a,{kind},{role},{begins},{ends},nb1,\n")
        if ends >= TODAY and role in WORDS:
            if begins <= TODAY:
                current.add(WORDS[role])
                primary |= set() if kind == "secondary" else {WORDS[role]}
            elif begins <= TODAY + timedelta(days=92):
                soon.add(WORDS[role])
    found = bundle(user("a"), "".join(lines))
    wanted = primary or current or soon
    assert {each.role for each in found.rows} <= wanted
    assert (len(found.rows), len(found.rejected)) == ((1, 0) if wanted else (0, 1))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["orgs", "users", "roles", "manifest", "relationships"]), st.data())
def test_a_damaged_table_of_a_bundle_is_read_or_refused_and_never_a_crash(name: str, data: st.DataObject) -> None:
    sds = "userSourcedId,orgSourcedId,role,grade,isPrimary\n"
    files = {
        "orgs": ORGS,
        "users": USERS_12 + user("a") + user("b"),
        "roles": data.draw(st.sampled_from([ROLES, sds])) + "1,,,a,primary,student,,,nb1,\n",
        "manifest": MANIFEST + "file.users,delta\n",
        "relationships": "userSourcedId,relationshipUserSourcedId,relationshipRole\na,b,parent\n",
    }
    content = files[name].encode()
    place = data.draw(st.integers(0, len(content) - 1))
    piece = data.draw(st.binary(max_size=6))
    broken = content[:place] + piece + content[place + data.draw(st.integers(0, 6)) :]
    with suppress(Unusable):
        parse(zipped(**{**files, name: broken}))
