"""What an adult sees of a child: who is linked, what the card says, and what it says helps."""

from dataclasses import replace

import pytest

from latchkey.families.model.cards import LinkWay, PinWay, SignIn, are_linked, card, link_way, pin_way
from latchkey.families.model.joins import relinked
from latchkey.people.model.person import CodeState, MailProblem, Person
from latchkey.schools.model.school import FamilyRule, School, Settings, SingleSignOn

ADULT, CHILD = "a" * 20, "c" * 20
MUM = Person(
    id=ADULT,
    role="parent",
    given_name="Maya",
    family_name="Okafor",
    mis_id="1",
    email="m@x.example",
    email_key="k",
    children=(CHILD,),
)
ANN = Person(
    id=CHILD,
    role="student",
    given_name="Ann",
    family_name="Okafor",
    preferred_given_name="Annie",
    username="ann.o",
    number=7,
    year_group="7",
    registration_group="7A",
    parents=(ADULT,),
    pin=CodeState(1, 2_000_000_000),
)
SCHOOL = School(slug="northbridge", name="Northbridge Academy")


def with_rule(**flags: bool) -> School:
    return replace(SCHOOL, settings=Settings(family=FamilyRule(**flags)))  # type: ignore[arg-type]


def test_both_sides_have_to_say_so_and_who_has_left_is_nobodys_child() -> None:
    assert are_linked(MUM, ANN)
    assert are_linked(replace(MUM, role="teacher"), ANN), "any adult may have children"
    assert are_linked(MUM, replace(ANN, status="disabled"))
    assert not are_linked(replace(MUM, children=()), ANN)
    assert not are_linked(MUM, replace(ANN, parents=()))
    assert not are_linked(MUM, replace(ANN, status="left"))
    assert not are_linked(MUM, replace(ANN, role="parent"))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "no_password"),
        ({"password_set_at": 1_800_000_000}, "ready"),
        ({"status": "disabled", "password_set_at": 1_800_000_000}, "off"),
    ],
)
def test_whether_a_child_can_sign_in(facts: dict[str, object], said: SignIn) -> None:
    assert card(SCHOOL, MUM, replace(ANN, **facts)).sign_in == said  # type: ignore[arg-type]


def test_a_card_has_the_name_they_are_known_by_days_and_the_address_in_part() -> None:
    late = 1_782_860_400  # 2026-06-30 23:00 UTC, which is 1 July in the school
    found = card(SCHOOL, MUM, replace(ANN, email="ann.okafor@mail.example", password_set_at=late, last_login_at=late + 7_200))
    assert (found.name, found.username, found.email) == ("Annie Okafor", "ann.o", "a***@m***.example")
    assert (found.password_set_on, found.last_login_on) == ("2026-07-01", "2026-07-01")


def test_single_sign_on_leaves_no_pin_and_no_link() -> None:
    school = replace(SCHOOL, settings=Settings(sso=SingleSignOn(roles=("student",))))
    found = card(school, MUM, replace(ANN, email="a@x.example"))
    assert (found.sign_in, found.pin, found.link) == ("own_sign_in",) * 3


@pytest.mark.parametrize(
    ("school", "adult", "child", "way"),
    [
        (SCHOOL, MUM, ANN, "can"),
        (SCHOOL, MUM, replace(ANN, status="disabled"), "off"),
        (SCHOOL, MUM, replace(ANN, number=None), "no_number"),
        (with_rule(pins=False), MUM, ANN, "hidden"),
        (SCHOOL, MUM, replace(ANN, pin_hidden_from=(ADULT,)), "hidden"),
        (SCHOOL, MUM, replace(ANN, not_mine=(ADULT,)), "hidden"),
        (SCHOOL, MUM, replace(ANN, pin_hidden_from=("z" * 20,)), "can"),
        (SCHOOL, replace(MUM, email_typed="k"), ANN, "can"),
        (with_rule(pins_unconfirmed=False), replace(MUM, email_typed="k"), ANN, "hidden"),
        (with_rule(pins_unconfirmed=False), MUM, ANN, "can"),
    ],
)
def test_who_sees_a_pin(school: School, adult: Person, child: Person, way: PinWay) -> None:
    assert pin_way(school, adult, child) == way


@pytest.mark.parametrize(
    ("facts", "way"),
    [
        ({}, "no_address"),
        ({"email": "a@x.example", "email_key": "e"}, "can"),
        ({"email": "a@x.example", "email_key": "e", "mail_problem": MailProblem("bounced", 1, "e")}, "refused"),
        ({"email": "a@x.example", "email_key": "e", "mail_problem": MailProblem("complained", 1, "e")}, "refused"),
        ({"email": "a@x.example", "email_key": "e", "email_typed": "e"}, "unconfirmed"),
        ({"email": "a@x.example", "email_key": "e", "status": "disabled"}, "off"),
    ],
)
def test_to_whom_a_link_can_be_mailed(facts: dict[str, object], way: LinkWay) -> None:
    assert link_way(SCHOOL, replace(ANN, **facts)) == way  # type: ignore[arg-type]


def test_a_pin_that_was_hidden_from_a_provisional_account_stays_hidden_from_the_one_it_is_joined_to() -> None:
    """Else a parent who does not get to see it would register once more, and confirm."""
    into, gone = replace(MUM, children=()), Person(id="g" * 20, role="parent", given_name="", family_name="", children=(CHILD,))
    child = replace(ANN, parents=(gone.id,), pin_hidden_from=(gone.id,))
    (change,) = relinked([child], into, [gone.id])
    assert (change.after.parents, change.after.pin_hidden_from) == ((into.id,), (gone.id, into.id))
    (change,) = relinked([replace(child, not_mine=(gone.id,))], into, [gone.id])
    assert change.after.not_mine == (into.id,)
    (change,) = relinked([replace(child, pin_hidden_from=(into.id,))], into, [gone.id])
    assert change.after.pin_hidden_from == (into.id,)
