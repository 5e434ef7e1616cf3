"""Who is who: rows under new ids, rows twice, returners, staff who are parents; each a decision before anything is made."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import Person
from latchkey.rosters import apply_roster
from latchkey.rosters.model.matching import Way
from latchkey.shared.model.ids import person_id
from tests.support.console import running_console
from tests.support.rosters import ROSTERS, SCHOOL, Desk, plain, zipped

HEADER = "mis_id,role,given_name,family_name,email,username,upn,year_group,registration_group,language,children\n"
OF_WHO = {*get_args(Way), "freed_usernames"}
BEFORE = """\
q30a,student,Ola,Berg,ola.berg@northbridge.example,q30ola,V801125023001,7,7A,,
q30t,teacher,Tor,Berg,tor.berg@northbridge.example,q30tor,,,,,
q30p,parent,Pia,Berg,pia.berg@mail.example,,,,,,q30a
"""
AFTER = """\
90001,student,Ola,Berg,ola.berg@northbridge.example,q30ola,V801125023001,8,8A,,
90002,teacher,Tor,Berg,tor.berg@northbridge.example,q30tor,,,,,
90003,parent,Pia,Berg,pia.berg@mail.example,,,,,,90001
"""
USERS = "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,email,agentSourcedIds,grades\n"


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with running_console(monkeypatch) as console:
        yield Desk(console, monkeypatch)


def file(rows: str) -> bytes:
    return (HEADER + rows).encode()


def counts(run: dict[str, Any]) -> tuple[int, int, int, int]:
    found = run["counts"]
    return found["new"], found["changed"], found["unchanged"], found["rejected"]


def load(desk: Desk, rows: str, **answers: str) -> dict[str, Any]:
    """Preview, answer and apply a file; preview and result count the same."""
    run = desk.preview(file(rows))
    for name, option in answers.items():
        run = decide(desk, run["id"], name, option)
    applied = desk.apply(run["id"])
    assert counts(applied) == counts(run)
    return run


def decide(desk: Desk, roster: str, name: str, option: str) -> dict[str, Any]:
    answer = desk.console.post(f"{ROSTERS}/{roster}/decide", {"name": name, "option": option})
    assert answer.status_code == 200, answer.json_body
    assert desk.work(*desk.console.system.messages("ROSTER_QUEUE")) == 0
    return desk.run(roster)


OTHERS = {"grades", "missing", "gone_links", "gone_facts"}


def asked(run: dict[str, Any]) -> dict[str, int]:
    """What a preview asks of who is who, and of how many."""
    return {each["name"]: each["count"] for each in run["decisions"] if each["name"] not in OTHERS}


def person(desk: Desk, mis_id: str) -> Person:
    """The person whom this id makes."""
    found = desk.person(mis_id)
    assert found is not None
    return found


def everybody(desk: Desk) -> dict[str, Person]:
    """The people of rosters, by the id that they have now."""
    people = [each for role in ("student", "teacher", "staff", "parent") for each in matching(desk, role)]
    assert len({each.mis_id for each in people if each.mis_id}) == len([each for each in people if each.mis_id])
    return {each.mis_id: each for each in people if each.mis_id}


def matching(desk: Desk, role: Any) -> list[Person]:
    return list(desk.worker.directory(SCHOOL).matching(PeopleFilter(roles=(role,))))


def nothing_changes(desk: Desk, rows: str) -> None:
    """The same file again changes nobody and asks nothing about who is new."""
    before = desk.items()
    run = desk.preview(file(rows))
    assert run["counts"]["new"] == run["counts"]["changed"] == 0
    desk.apply(run["id"])
    assert desk.items() == before


# A change of MIS


def test_people_with_new_ids_keep_their_accounts_and_links(desk: Desk) -> None:
    load(desk, BEFORE)
    was = {name: person(desk, name) for name in ("q30a", "q30t", "q30p")}
    desk.worker.directory(SCHOOL).change(was["q30a"].id, {"version": 4, "password_set_at": 9})
    run = desk.preview(file(AFTER))
    assert (counts(run), asked(run)) == ((0, 3, 0, 0), {"new_ids": 3})
    decision = next(each for each in run["decisions"] if each["name"] == "new_ids")
    assert decision["text"] == "3 people have new ids: take them over?"
    assert decision["people"][0] == {"line": 2, "name": "Ola Berg", "text": "was q30a, is 90001"}
    assert (decision["chosen"], decision["default"]) == ("take_over", "take_over")
    desk.apply(run["id"])
    now = everybody(desk)
    assert {mis_id: each.id for mis_id, each in now.items()} == {
        "90001": was["q30a"].id,
        "90002": was["q30t"].id,
        "90003": was["q30p"].id,
    }
    ola = now["90001"]
    assert (ola.version, ola.password_set_at, ola.year_group, ola.number) == (4, 9, "8", was["q30a"].number)
    assert (ola.parents, now["90003"].children) == ((was["q30p"].id,), (ola.id,))
    assert desk.person("90001") is None
    nothing_changes(desk, AFTER)
    assert asked(desk.preview(file(AFTER))) == {}


def test_the_next_roster_finds_them_by_the_new_id_whatever_else_changes(desk: Desk) -> None:
    load(desk, BEFORE)
    load(desk, AFTER)
    run = load(desk, "90001,student,Ola,Ash,ola.ash@northbridge.example,olaash,,9,9A,,\nn1,student,New,One,,,,7,7A,,\n")
    assert (counts(run), asked(run)) == ((1, 1, 0, 0), {})
    ola = person(desk, "q30a")
    assert (ola.mis_id, ola.family_name, ola.username, ola.upn) == ("90001", "Ash", "olaash", "V801125023001")


def test_new_links_follow_new_ids(desk: Desk) -> None:
    load(desk, BEFORE)
    load(desk, AFTER)
    run = load(desk, "90009,parent,Per,Berg,per@mail.example,,,,,,90001\n")
    assert run["links_to_nobody"] == 0
    assert person(desk, "q30a").parents == (person_id(SCHOOL, "q30p"), person_id(SCHOOL, "90009"))
    assert person(desk, "90009").children == (person_id(SCHOOL, "q30a"),)


def test_a_file_of_the_old_ids_finds_them_too(desk: Desk) -> None:
    load(desk, BEFORE)
    load(desk, AFTER)
    run = load(desk, BEFORE)
    assert (counts(run), asked(run)) == ((0, 3, 0, 0), {})
    assert {*everybody(desk)} == {"q30a", "q30t", "q30p"}
    load(desk, AFTER)
    assert {*everybody(desk)} == {"90001", "90002", "90003"}
    both = desk.preview(file(AFTER + BEFORE))
    assert counts(both) == (0, 0, 6, 0)
    desk.apply(both["id"])
    assert {*everybody(desk)} == {"90001", "90002", "90003"}


def test_left_out_they_stay_as_they_are(desk: Desk) -> None:
    load(desk, BEFORE)
    before = desk.items()
    run = load(desk, AFTER, new_ids="leave_out")
    assert counts(run) == (0, 0, 0, 3)
    assert run["rejected"][0]["reason"] == "was q30a, is 90001: left out until it is decided what to do with such rows"
    assert desk.items() == before


def test_made_anew_they_are_others_without_what_belongs_to_the_old_ones(desk: Desk) -> None:
    load(desk, BEFORE)
    run = load(desk, AFTER, new_ids="as_new")
    assert (counts(run), run["warned"]) == ((3, 0, 0, 0), 2)
    people = everybody(desk)
    assert {*people} == {"q30a", "q30t", "q30p", "90001", "90002", "90003"}
    assert (people["90001"].upn, people["90001"].username, people["90001"].parents) == (None, None, (people["90003"].id,))
    assert counts(desk.preview(file(AFTER))) == (0, 0, 3, 0)


def test_what_no_preview_has_asked_is_left_out(desk: Desk) -> None:
    first, second = desk.preview(file(BEFORE)), desk.preview(file(AFTER))
    assert asked(second) == {}
    desk.apply(first["id"])
    applied = desk.apply(second["id"])
    assert counts(applied) == (0, 0, 0, 3)
    assert {*everybody(desk)} == {"q30a", "q30t", "q30p"}


@pytest.mark.parametrize("crash", ["lead", "put_new", "take_over", "_write"])
def test_a_crash_anywhere_makes_nobody_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch, crash: str) -> None:
    load(desk, BEFORE)
    rows = AFTER + "".join(f"n{number},student,New,Num{number},,,,7,7A,,\n" for number in range(300))
    run = desk.preview(file(rows))
    desk.console.post(f"{ROSTERS}/{run['id']}/apply", {})
    (message,) = desk.console.system.messages("ROSTER_QUEUE")
    from latchkey.people.stores.people import Directory

    places: dict[str, Any] = {"lead": Directory, "put_new": Directory, "take_over": Directory, "_write": apply_roster}
    with monkeypatch.context() as broken:
        real = getattr(places[crash], crash)

        def crashing(*given: Any, **named: Any) -> Any:
            real(*given, **named)
            raise RuntimeError("the container is gone")

        broken.setattr(places[crash], crash, crashing)
        assert desk.work(message) == 1
    assert desk.work(message, attempt=2) == 0
    applied = desk.run(run["id"])
    assert (applied["state"], counts(applied)) == ("finished", (300, 3, 0, 0))
    assert len(everybody(desk)) == 303
    nothing_changes(desk, rows)


def test_a_name_that_shares_nothing_is_no_match_even_with_the_same_upn(desk: Desk) -> None:
    load(desk, BEFORE)
    run = desk.preview(file("x1,student,Somebody,Else,,,V801125023001,7,7A,,\n"))
    assert (counts(run), asked(run), run["warned"]) == ((1, 0, 0, 0), {}, 1)


def test_a_child_with_another_family_name_is_found_by_upn(desk: Desk) -> None:
    load(desk, BEFORE)
    run = desk.preview(file("x1,student,Ola,Ash,,,V801125023001,7,7A,,\n"))
    assert asked(run) == {"new_ids": 1}


@pytest.mark.parametrize(
    ("before", "after", "option"),
    [
        (BEFORE, AFTER, {"new_ids": "take_over"}),
        (BEFORE, AFTER, {"new_ids": "leave_out"}),
        (
            "s1,student,Sam,Twin,twins@mail.example,,,7,7A,,\ns2,student,Sam,Twin,twins@mail.example,,,7,7A,,\n",
            "n1,student,Sam,Twin,twins@mail.example,,,7,7A,,\nn2,student,Sam,Twin,twins@mail.example,,,7,7A,,\n",
            {"unclear_people": "leave_out"},
        ),
    ],
)
def test_nobody_whom_a_row_may_mean_is_missing(desk: Desk, before: str, after: str, option: dict[str, str]) -> None:
    load(desk, before)
    run = desk.preview(file(after + "x1,student,Some,Body,,,,7,7A,,\nx2,teacher,Any,Body,,,,,,,\n"))
    for name, chosen in option.items():
        run = decide(desk, run["id"], name, chosen)
    assert "missing" not in {each["name"] for each in run["decisions"]}


# Lost zeros (24), returners and freed usernames (26), recycled ids


def test_ids_that_lost_their_zeros_are_the_same_people(desk: Desk) -> None:
    with_zeros = """\
001901,parent,Zed,Nought,zed.nought@mail.example,,,,,,
001902,teacher,Zia,Nought,zia.nought@northbridge.example,q33zia,,,,,
001903,parent,No,Address,,,,,,,
"""
    load(desk, with_zeros)
    lost = with_zeros.replace("0019", "19")
    run = load(desk, lost)
    assert (counts(run), asked(run)) == ((0, 3, 0, 0), {"lost_zeros": 3})
    assert "lost or gained zeros" in next(each for each in run["decisions"] if each["name"] in OF_WHO)["text"]
    assert everybody(desk)["1901"].id == person_id(SCHOOL, "001901")
    nothing_changes(desk, lost)
    back = load(desk, with_zeros)
    assert (counts(back), asked(back)) == ((0, 3, 0, 0), {})
    load(desk, "001910,parent,With,Zeros,,,,,,,\n")
    other = desk.preview(file("1910,parent,Some,Other,,,,,,,\n"))
    assert (counts(other), asked(other)) == ((1, 0, 0, 0), {}), "zeros alone make nobody the same"


def test_who_had_left_comes_back_under_a_new_id_and_a_leavers_username_is_given_on(desk: Desk) -> None:
    here = (
        "q31a,,true,,student,q31ret,Rea,Turner,G801125023101,,,07\n"
        "q31s,,true,,teacher,jsmith31,Jan,Smithe,,j.smithe@northbridge.example,,\n"
    )
    desk.apply(desk.preview(zipped(users=USERS + here), "r.zip")["id"])
    desk.apply(desk.preview(zipped(users=USERS + here.replace(",,true", ",tobedeleted,true", 2)), "r.zip")["id"])
    assert [person(desk, each).status for each in ("q31a", "q31s")] == ["left", "left"]
    back = here.replace("q31a", "q31b").replace("q31s", "q31n").replace("Jan,Smithe", "Joe,Smithson").replace(",07", ",08")
    run = desk.preview(zipped(users=USERS + back), "r.zip")
    assert (asked(run), counts(run), run["returning"]) == ({"returners": 1, "freed_usernames": 1}, (1, 1, 0, 0), 1)
    run = decide(desk, run["id"], "freed_usernames", "give")
    assert counts(desk.apply(run["id"])) == counts(run) == (1, 1, 0, 0)
    rea, jan, joe = person(desk, "q31a"), person(desk, "q31s"), person(desk, "q31n")
    assert (rea.status, rea.mis_id, rea.username, rea.year_group) == ("active", "q31b", "q31ret", "8")
    assert (jan.status, jan.username, jan.username_key, joe.username) == ("left", None, None, "jsmith31")
    again = desk.preview(zipped(users=USERS + back), "r.zip")
    assert (counts(again), asked(again)) == ((0, 0, 2, 0), {})
    both = desk.preview(zipped(users=USERS + back + here.splitlines(keepends=True)[1]), "r.zip")
    assert both["returning"] == 1
    assert {each["kind"] for each in both["warnings"]} == {"username"}, "jan is back without the name that joe has"


def test_a_username_of_somebody_who_is_here_is_never_given_on(desk: Desk) -> None:
    load(desk, "t1,teacher,Jan,Smithe,,jsmith,,,,,\n")
    run = desk.preview(file("t2,teacher,Joe,Smithson,,jsmith,,,,,\n"))
    assert (asked(run), run["warned"]) == ({}, 1)
    directory = desk.worker.directory(SCHOOL)
    directory.change(person(desk, "t1").id, {"status": "left"})
    run = load(desk, "t2,teacher,Joe,Smithson,,jsmith,,,,,\n")
    assert (person(desk, "t1").username, person(desk, "t2").username) == ("jsmith", None)
    coming_back = desk.preview(file("t1,teacher,Jan,Smithe,,,,,,,\nt2,teacher,Joe,Smithson,,jsmith,,,,,\n"))
    assert asked(coming_back) == {}, "the one who had it is back in the same file"


OLD = "r1,student,Ann,Lee,ann@x.example,annlee,B801200005001,7,7A,,\n"
OTHER = "r1,student,Ben,Fox,ben@x.example,benfox,P207000016049,9,9B,,\n"


def test_an_id_that_comes_back_for_somebody_else_changes_nobody_in_silence(desk: Desk) -> None:
    load(desk, OLD)
    before = desk.items()
    run = load(desk, OTHER)
    assert (counts(run), asked(run)) == ((0, 0, 0, 1), {"other_people": 1})
    assert next(each for each in run["decisions"] if each["name"] in OF_WHO)["people"] == [
        {"line": 2, "name": "Ben Fox", "text": "r1 is Ann Lee in Latchkey"}
    ]
    assert desk.items() == before


def test_an_id_may_be_said_to_be_the_same_person_under_another_name(desk: Desk) -> None:
    load(desk, OLD)
    run = load(desk, OTHER, other_people="rename")
    assert counts(run) == (0, 1, 0, 0)
    assert person(desk, "r1").given_name == "Ben"
    nothing_changes(desk, OTHER)


@pytest.mark.parametrize(
    "row",
    [
        "r1,student,Ann,Ash,,,,7,7A,,\n",
        "r1,student,Anna,Lee-Fox,ann@x.example,,,7,7A,,\n",
        "r1,student,Ben,Fox,,,,7,7A,,\n",
        "r1,student,Lee,Ann,other@x.example,other,,7,7A,,\n",
    ],
)
def test_a_person_may_change_their_name_or_address_without_a_question(desk: Desk, row: str) -> None:
    load(desk, OLD)
    assert asked(desk.preview(file(row))) == {}


# Several rows, several people


def test_twins_of_one_name_and_address_are_two_people(desk: Desk) -> None:
    twins = "q15s6,student,Sam,Twin,twins@mail.example,,,7,7A,,\nq15s7,student,Sam,Twin,twins@mail.example,,,7,7A,,\n"
    run = load(desk, twins)
    assert (counts(run), asked(run)) == ((2, 0, 0, 0), {})
    nothing_changes(desk, twins)
    moved = desk.preview(file(twins.replace("q15s", "n")))
    assert (counts(moved), asked(moved)) == ((0, 0, 0, 2), {"unclear_people": 2})
    assert next(each for each in moved["decisions"] if each["name"] in OF_WHO)["people"][0]["text"] == "n6 may be q15s6, q15s7"
    one_more = desk.preview(file(twins + "q15s8,student,Sam,Twin,twins@mail.example,,,7,7A,,\n"))
    assert (counts(one_more), asked(one_more)) == ((1, 0, 2, 0), {})


def test_one_row_of_two_people_who_may_be_one_is_asked_about(desk: Desk) -> None:
    load(desk, "s1,student,Sam,Twin,twins@mail.example,,,7,7A,,\n")
    run = load(desk, "n1,student,Sam,Twin,twins@mail.example,,,7,7A,,\nn2,student,Sam,Twin,twins@mail.example,,,7,7A,,\n")
    assert (counts(run), asked(run)) == ((0, 0, 0, 2), {"unclear_people": 2})
    assert {*everybody(desk)} == {"s1"}


def test_a_parent_and_a_child_of_one_name_and_address_are_two_people(desk: Desk) -> None:
    rows = "s1,student,Lee,Ash,home@mail.example,,,7,7A,,\np1,parent,Lee,Ash,home@mail.example,,,,,,s1\n"
    assert asked(load(desk, rows)) == {}
    run = load(desk, rows.replace("s1", "s9").replace("p1", "p9"))
    assert (counts(run), asked(run)) == ((0, 2, 0, 0), {"new_ids": 2})
    people = everybody(desk)
    assert (people["s9"].id, people["p9"].id) == (person_id(SCHOOL, "s1"), person_id(SCHOOL, "p1"))


CHILDREN = "c1,student,Una,Shaw,,,,7,7A,,\nc2,student,Ian,Shaw,,,,9,9A,,\n"
TEACHER = "t5,teacher,Ivo,Shaw,ivo.shaw@northbridge.example,ishaw,,,,,\n"
PARENT = "p5,parent,Ivo,Shaw,ivo.shaw@northbridge.example,,,,,,c1\n"


@pytest.mark.parametrize("rows", [CHILDREN + TEACHER + PARENT, PARENT + TEACHER + CHILDREN])
def test_a_teacher_who_is_a_parent_has_one_account_with_children(desk: Desk, rows: str) -> None:
    run = load(desk, rows)
    assert (counts(run), asked(run)) == ((3, 0, 1, 0), {"also_parent": 1})
    assert next(each for each in run["decisions"] if each["name"] in OF_WHO)["people"][0]["name"] == "Ivo Shaw"
    assert next(each for each in run["decisions"] if each["name"] in OF_WHO)["people"][0]["text"] == "teacher, t5"
    ivo = person(desk, "t5")
    assert (ivo.role, ivo.children, person(desk, "c1").parents) == ("teacher", (person_id(SCHOOL, "c1"),), (ivo.id,))
    assert desk.person("p5") is None
    nothing_changes(desk, rows)
    assert asked(desk.preview(file(rows))) == {}
    later = load(desk, CHILDREN + PARENT.replace(",c1", ",c1;c2"))
    assert (counts(later), asked(later)) == ((0, 0, 3, 0), {})
    assert person(desk, "t5").children == (person_id(SCHOOL, "c1"), person_id(SCHOOL, "c2"))


def test_a_parents_file_alone_finds_the_teacher_and_an_admin(desk: Desk) -> None:
    load(desk, CHILDREN + TEACHER)
    desk.worker.directory(SCHOOL).change(person(desk, "t5").id, {"is_admin": True})
    run = load(desk, PARENT)
    assert (counts(run), asked(run)) == ((0, 0, 1, 0), {"also_parent": 1})
    admin = person(desk, "t5")
    assert (admin.is_admin, admin.role, admin.children) == (True, "teacher", (person_id(SCHOOL, "c1"),))


def test_kept_apart_they_have_two_accounts(desk: Desk) -> None:
    rows = CHILDREN + TEACHER + PARENT
    run = load(desk, rows, also_parent="apart")
    assert counts(run) == (4, 0, 0, 0)
    assert (person(desk, "t5").children, person(desk, "p5").children) == ((), (person_id(SCHOOL, "c1"),))
    nothing_changes(desk, rows)


def test_a_student_cannot_name_a_teacher_as_parent(desk: Desk) -> None:
    load(desk, TEACHER + "p1,parent,Old,Way,,,,,,,t5\n" + CHILDREN)
    assert person(desk, "p1").children == ()


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_a_parent_written_once_for_each_child_under_other_ids_is_one(desk: Desk, order: tuple[int, ...]) -> None:
    rows = [*CHILDREN.splitlines(keepends=True), PARENT.replace("p5", "p7"), PARENT.replace("p5", "p6").replace(",c1", ",c2")]
    text = "".join(rows[place] for place in order)
    run = load(desk, text)
    assert (counts(run), asked(run)) == ((3, 0, 1, 0), {"one_parent": 1})
    assert [each.id for each in matching(desk, "parent")] == [person_id(SCHOOL, "p6")]
    both = {person_id(SCHOOL, "c1"), person_id(SCHOOL, "c2")}
    assert {*person(desk, "p6").children} == both
    nothing_changes(desk, text)
    third = load(desk, text + "c3,student,Eve,Shaw,,,,7,7A,,\n" + PARENT.replace("p5", "p1").replace(",c1", ",c3"))
    assert asked(third) == {"one_parent": 1}
    assert {*person(desk, "p6").children} == {*both, person_id(SCHOOL, "c3")}


def test_two_new_rows_of_a_parent_who_had_one_account_are_that_account(desk: Desk) -> None:
    load(desk, CHILDREN + PARENT)
    moved = "n1,parent,Ivo,Shaw,ivo.shaw@northbridge.example,,,,,,c1\nn2,parent,Ivo,Shaw,ivo.shaw@northbridge.example,,,,,,c2\n"
    run = load(desk, CHILDREN + moved)
    assert run["counts"]["new"] == 0
    assert [each.id for each in matching(desk, "parent")] == [person_id(SCHOOL, "p5")]
    assert len(person(desk, "p5").children) == 2
    nothing_changes(desk, CHILDREN + moved)


def test_rows_of_one_name_and_address_kept_apart_are_two_parents(desk: Desk) -> None:
    rows = CHILDREN + PARENT + PARENT.replace("p5", "p6").replace(",c1", ",c2")
    assert counts(load(desk, rows, one_parent="apart")) == (4, 0, 0, 0)
    nothing_changes(desk, rows)


# Leavers, and what a new id says of the old one


def test_an_id_that_leaves_while_another_of_the_same_person_comes_ends_nothing(desk: Desk) -> None:
    old = "u1,,true,,student,ann,Ann,Lee,B801200005001,,,07\n"
    desk.apply(desk.preview(zipped(users=USERS + old), "r.zip")["id"])
    both = old.replace(",,true", ",tobedeleted,true", 1) + old.replace("u1", "n1")
    for rows in (both, "".join(reversed(both.splitlines(keepends=True)))):
        run = desk.preview(zipped(users=USERS + rows), "r.zip")
        assert (asked(run), run["leaving"], counts(run)) == ({"new_ids": 1}, 0, (0, 1, 1, 0))
    desk.apply(run["id"])
    ann = person(desk, "u1")
    assert (ann.status, ann.mis_id, ann.version) == ("active", "n1", 0)
    again = desk.preview(zipped(users=USERS + both), "r.zip")
    assert (asked(again), again["leaving"], counts(again)) == ({}, 0, (0, 0, 2, 0))


def test_an_admin_who_leaves_is_a_warning(desk: Desk) -> None:
    users = "t1,,true,,teacher,boss,Bo,Ss,,boss@northbridge.example,,\n"
    desk.apply(desk.preview(zipped(users=USERS + users), "r.zip")["id"])
    desk.worker.directory(SCHOOL).change(person(desk, "t1").id, {"is_admin": True})
    run = desk.preview(zipped(users=USERS + users.replace(",,true", ",tobedeleted,true", 1)), "r.zip")
    assert (counts(run), run["leaving"]) == ((0, 0, 1, 0), 0)
    (warning,) = run["warnings"]
    assert (warning["kind"], [each["line"] for each in warning["rows"]]) == ("status", [2])
    assert "is an admin, whose account no roster ends" in str(warning)
    desk.apply(run["id"])
    assert person(desk, "t1").status == "active"


def test_the_page_shows_the_decision_in_words_without_scripts(desk: Desk) -> None:
    load(desk, BEFORE)
    run = desk.preview(file(AFTER))
    body = desk.console.page(f"{ROSTERS}/{run['id']}").body.decode()
    assert "3 people have new ids: take them over?" in body
    assert "Row 2: Ola Berg, was q30a, is 90001" in body
    assert f'action="{ROSTERS}/{run["id"]}/decide"' in body


def test_plain_files_of_the_product_itself_ask_nothing(desk: Desk) -> None:
    from tests.support.rosters import parent, row

    rows = [*(row(number) for number in range(1, 6)), parent(1, "S1"), parent(2, "S1", "S2")]
    assert asked(desk.preview(plain(rows))) == {}


# Undone


def undo(desk: Desk, run: dict[str, Any]) -> None:
    assert desk.console.post(f"{ROSTERS}/{run['id']}/undo", {}).status_code == 202
    assert desk.work(*desk.console.system.messages("ROSTER_QUEUE")) == 0
    undone = desk.run(run["id"])["undo"]
    assert (undone["state"], undone["kept"]) == ("finished", [])


@pytest.mark.parametrize(
    ("before", "rows", "question"),
    [
        (BEFORE, AFTER, "new_ids"),
        (CHILDREN + TEACHER, PARENT, "also_parent"),
        (CHILDREN + PARENT, PARENT + PARENT.replace("p5", "p6").replace(",c1", ",c2"), "one_parent"),
    ],
)
def test_what_was_taken_over_is_asked_anew_once_it_is_undone(desk: Desk, before: str, rows: str, question: str) -> None:
    load(desk, before)
    as_it_was = {mis_id: (each.id, each.children, each.parents) for mis_id, each in everybody(desk).items()}
    run = load(desk, rows)
    assert question in asked(run)
    undo(desk, run)
    assert {mis_id: (each.id, each.children, each.parents) for mis_id, each in everybody(desk).items()} == as_it_was
    assert asked(desk.preview(file(rows))) == asked(run)
    everywhere = desk.worker.client("dynamodb").scan(TableName="DirectoryTable")["Items"]
    assert not [item for item in everywhere if "merged_into" in item]


@pytest.mark.parametrize("exists", [False, True])
def test_a_username_that_was_given_on_goes_back_to_who_had_left(desk: Desk, exists: bool) -> None:
    load(desk, "t1,teacher,Jan,Smithe,,jsmith,,,,,\n" + ("t2,teacher,Joe,Smithson,,joe,,,,,\n" if exists else ""))
    desk.worker.directory(SCHOOL).change(person(desk, "t1").id, {"status": "left"})
    run = load(desk, "t2,teacher,Joe,Smithson,,jsmith,,,,,\n", freed_usernames="give")
    assert (person(desk, "t1").username, person(desk, "t2").username) == (None, "jsmith")
    undo(desk, run)
    assert person(desk, "t1").username == "jsmith"
    assert [each.username for each in matching(desk, "teacher")].count("joe") == exists
