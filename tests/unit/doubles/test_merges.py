"""What merging two accounts gives, and that undoing gives both back."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from latchkey.doubles.model.merges import Merge, followed, kept, links_of, refusal, relinked, taken_of, undoing
from latchkey.people.model.person import CodeState, MailProblem, Person

A, B, C, D = ("1" * 20, "2" * 20, "3" * 20, "4" * 20)
FAMILY = (C, D)


def people(person: str, role: str) -> st.SearchStrategy[Person]:
    links = st.lists(st.sampled_from(FAMILY), unique=True, max_size=2).map(tuple)
    nothing = st.just(())
    return st.builds(
        Person,
        id=st.just(person),
        role=st.just(role),
        given_name=st.just("Ann"),
        family_name=st.just("Lee"),
        email=st.sampled_from([None, "a@x.example", "b@x.example"]),
        username=st.sampled_from([None, "ann", "annlee"]),
        upn=st.sampled_from([None, "B801200005001"]),
        mis_id=st.sampled_from([None, f"M{person[0]}"]),
        year_group=st.sampled_from([None, "7"]),
        language=st.sampled_from([None, "cy"]),
        status=st.sampled_from(["active", "left", "disabled"]),
        version=st.integers(0, 9),
        password_set_at=st.sampled_from([None, 5, 6]),
        used_link=st.sampled_from([None, "f"]),
        last_login_at=st.sampled_from([None, 7]),
        is_admin=st.just(False) if person == B or role in {"student", "parent"} else st.booleans(),
        parents=links if role == "student" else nothing,
        children=nothing if role == "student" else links,
    )


def merge_of(keep: Person, remove: Person) -> Merge:
    gained = tuple(each for each in links_of(remove) if each not in links_of(keep))
    return Merge(id="m", state="merged", at=1, by="x", keep=keep, remove=remove, taken=taken_of(keep, remove), gained=gained)


def family_of(keep: Person, remove: Person) -> list[Person]:
    """The other side of all links."""
    student = keep.role == "student"
    found = []
    for each in FAMILY:
        back = tuple(one.id for one in (keep, remove) if each in links_of(one))
        person = Person(id=each, role="parent" if student else "student", given_name="Cy", family_name="Lee")
        found.append(replace(person, children=back) if student else replace(person, parents=back))
    return found


ROLES = st.sampled_from([("student", "student"), ("parent", "parent"), ("teacher", "teacher"), ("staff", "parent")])
PAIRS = ROLES.flatmap(lambda roles: st.tuples(people(A, roles[0]), people(B, roles[1])))


class TestAlways:
    @given(PAIRS)
    def test_undoing_gives_both_back(self, pair: tuple[Person, Person]) -> None:
        keep, remove = pair
        assert refusal(keep, remove) is None
        family, merge, after = family_of(keep, remove), merge_of(keep, remove), kept(keep, remove)
        changed = {
            change.before.id: change.after for change in relinked(family, keep, remove) if change.before.id in links_of(remove)
        }
        now = [changed.get(each.id, each) for each in family]
        plan = undoing(merge, after, [each for each in now if each.id in links_of(remove)])
        assert replace(plan.keep, version=0) == replace(keep, version=0)
        assert plan.keep.version >= after.version
        assert plan.remove == replace(remove, version=remove.version + 2)
        assert plan.stayed == ()
        back = {change.before.id: change.after for change in plan.family}
        for was in family:
            found = back.get(was.id, changed.get(was.id, was))
            assert {*found.parents, *found.children} == {*was.parents, *was.children}

    @given(PAIRS)
    def test_the_kept_account_loses_nothing(self, pair: tuple[Person, Person]) -> None:
        keep, remove = pair
        after = kept(keep, remove)
        for name in ("email", "username", "upn", "mis_id", "year_group", "language", "password_set_at", "last_login_at"):
            had = getattr(keep, name)
            assert had is None or getattr(after, name) == had
        assert {*links_of(keep), *links_of(remove)} == {*links_of(after)}
        assert after.status == keep.status or (keep.status, remove.status) == ("left", "active")
        assert (after.role, after.is_admin, after.id) == (keep.role, keep.is_admin, keep.id)

    @given(PAIRS)
    def test_a_way_in_goes_over_between_equals_only(self, pair: tuple[Person, Person]) -> None:
        keep, remove = pair
        assume(keep.role != remove.role or keep.is_admin or remove.status == "disabled")
        after = kept(keep, remove)
        assert (after.email, after.username, after.password_set_at) == (keep.email, keep.username, keep.password_set_at)
        assert after.password_holder == keep.id
        assert after.version == keep.version

    @given(PAIRS)
    def test_links_of_before_are_dead_where_the_way_in_changes(self, pair: tuple[Person, Person]) -> None:
        keep, remove = pair
        after = kept(keep, remove)
        differs = (after.email, after.password_set_at, after.status) != (keep.email, keep.password_set_at, keep.status)
        assert (after.version > keep.version) == differs


def parent(person: str, **facts: Any) -> Person:
    return Person(id=person, role="parent", given_name="Ann", family_name="Lee", **facts)


class TestUndoing:
    def test_a_promoted_account_keeps_its_way_in(self) -> None:
        keep, remove = replace(parent(A), role="staff"), replace(parent(B, email="a@x.example", password_set_at=5), role="staff")
        plan = undoing(merge_of(keep, remove), replace(kept(keep, remove), is_admin=True), [])
        assert (plan.keep.email, plan.keep.password_set_at, plan.keep.password_holder) == ("a@x.example", 5, B)
        assert len(plan.stayed) == 1

    def test_a_used_code_is_named_and_stays(self) -> None:
        code = CodeState(1, 99)
        keep = Person(id=A, role="student", given_name="Ann", family_name="Lee", pin=code, parent_code=code)
        after = replace(kept(keep, replace(keep, id=B)), parent_code=replace(code, uses=1), parents=(D,))
        plan = undoing(merge_of(keep, replace(keep, id=B)), after, [])
        assert plan.stayed == ("A code was used since: what came of it stays with the account that was kept.",)
        assert plan.keep.parents == (D,)

    def test_another_address_that_was_given_since_stays(self) -> None:
        keep, remove = parent(A), parent(B, email="a@x.example")
        plan = undoing(merge_of(keep, remove), replace(kept(keep, remove), email="new@x.example", email_key="n"), [])
        assert (plan.keep.email, plan.keep.email_key, plan.remove.email) == ("new@x.example", "n", "a@x.example")

    def test_what_a_merge_has_given_is_marked_as_edited_until_it_is_undone(self) -> None:
        keep, remove = replace(parent(A), edited=("given_name",)), parent(B, email="a@x.example", language="cy")
        after = kept(keep, remove)
        assert after.edited == ("given_name", "email", "language")
        merge = merge_of(keep, remove)
        assert undoing(merge, after, []).keep.edited == ("given_name",)
        since = replace(after, email="new@x.example", email_key="n")
        assert undoing(merge, since, []).keep.edited == ("given_name", "email"), "an address that was given since is still theirs"

    def test_a_mark_of_mail_goes_with_its_address_and_comes_back(self) -> None:
        mark = MailProblem("bounced", 5, "k")
        keep, remove = parent(A), parent(B, email="a@x.example", email_key="k", mail_problem=mark)
        after = kept(keep, remove)
        assert after.problem == "bounced"
        assert undoing(merge_of(keep, remove), after, []).keep == replace(keep, version=2)

    def test_a_pin_that_was_hidden_from_one_account_is_hidden_from_the_one_that_is_kept(self) -> None:
        keep, remove = parent(A, children=(D,)), parent(B, children=(C, D))
        one = Person(id=C, role="student", given_name="Cy", family_name="Lee", parents=(B,), pin_hidden_from=(B,))
        both = Person(id=D, role="student", given_name="Di", family_name="Lee", parents=(A, B), pin_hidden_from=(B,))
        changes = relinked([one, both], keep, remove)
        assert [change.after.pin_hidden_from for change in changes] == [(B, A), (B, A)]
        assert kept(one, both).pin_hidden_from == (B,)

    def test_a_child_who_was_merged_since_is_followed(self) -> None:
        keep, remove = parent(A, children=(D,)), parent(B, children=(C,))
        merge = followed(merge_of(keep, remove), {C: D, D: D})
        assert (merge.gained, merge.remove.children) == ((), (D,))
        after = replace(kept(keep, remove), children=(D,))
        child = Person(id=D, role="student", given_name="Cy", family_name="Lee", parents=(A,))
        plan = undoing(merge, after, [child])
        assert (plan.keep.children, plan.remove.children, plan.stayed) == ((D,), (D,), ())
        assert [change.after.parents for change in plan.family] == [(A, B)]


@pytest.mark.parametrize(("children", "refused"), [(80, False), (81, True)])
def test_a_family_is_one_write(children: int, refused: bool) -> None:
    one = parent(A, children=tuple(f"{n:020d}" for n in range(40)))
    other = parent(B, children=tuple(f"{n:020d}" for n in range(40, children)))
    assert (refusal(one, other) is not None) == refused
