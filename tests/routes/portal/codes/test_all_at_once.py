"""What is wrong with a form is said all at once, each with its field; names that the public types are names and nothing else."""

import re
from typing import Any

import pytest

from latchkey.people.model.person import CodeState
from latchkey.schools.model.school import DAY
from tests.support.portal import Portal

LIVE = CodeState(3, 1_795_000_000 + 90 * DAY)
FORM = ["given_name", "family_name", "email", "password"]
MUM = {"email": "mum@home.example", "given_name": "Maya", "family_name": "Okafor"}


@pytest.fixture
def codes(portal: Portal) -> dict[str, str]:
    ann = portal.add("ann", number=7, pin=LIVE, parent_code=LIVE, password=None, username=None)
    return {"pin": portal.code(ann, "pin"), "parent": portal.code(ann, "parent")}


def test_everything_that_is_wrong_with_a_registration_is_said_at_once(portal: Portal, codes: dict[str, str]) -> None:
    wrong = {"given_name": "https://evil.example", "family_name": "1", "email": "nonsense", "password": "short"}
    answer = portal.submit("/schools/northbridge/codes/use", {"code": codes["parent"], **wrong})
    assert answer.status_code == 422
    page = answer.body.decode()
    assert re.findall(r'<li><a href="#([a-z_]+)">', page) == FORM, "in the order of the form"
    for name in FORM:
        assert f'id="{name}-error"' in page
    answer = portal.redeem(codes["parent"], **wrong)
    assert answer.json_body["code"] == "invalid"
    assert list(answer.json_body["fields"]) == FORM
    assert "with letters" in answer.json_body["fields"]["family_name"]
    assert portal.redeem(codes["parent"], **MUM).status_code == 201, "and the code still works"


def test_everything_that_is_wrong_with_a_claim_is_said_at_once(portal: Portal, codes: dict[str, str]) -> None:
    portal.add("sam", role="teacher")
    answer = portal.redeem(codes["pin"], username="sam", email="nonsense", password="short")
    assert list(answer.json_body["fields"]) == ["username", "email", "password"]
    assert answer.json_body["code"] == "invalid"


def test_fields_of_another_type_are_named_with_the_others(portal: Portal, codes: dict[str, str]) -> None:
    hostile: dict[str, Any] = {"given_name": ["Ann"], "family_name": "a" * 321, "email": {"S": "x"}, "password": None}
    answer = portal.redeem(codes["parent"], **hostile)
    assert answer.status_code == 422
    assert list(answer.json_body["fields"]) == FORM
    assert answer.json_body["fields"]["given_name"] == "This must be a text."
    assert answer.json_body["fields"]["password"] == "Enter a password."


@pytest.mark.parametrize("field", ["given_name", "family_name"])
@pytest.mark.parametrize(
    "typed", ["WIN A PRIZE at https://evil.example", "evil.example", "Ring 0900 123456", "Ann 😀", "a" * 51, "\u202eAnn"]
)
def test_what_a_mail_program_makes_a_link_of_is_no_name(portal: Portal, codes: dict[str, str], field: str, typed: str) -> None:
    answer = portal.redeem(codes["parent"], **MUM | {field: typed})
    assert (answer.status_code, list(answer.json_body["fields"])) == (422, [field])
    assert "evil" not in answer.body.decode()
    assert portal.requests() == []


@pytest.mark.parametrize("typed", ["O’Brien", "Nguyễn Thị", "Jean-Luc", "王小明", "J. R. R.", "محمد", "क्षमा"])
def test_names_of_any_script_are_taken(portal: Portal, codes: dict[str, str], typed: str) -> None:
    answer = portal.redeem(codes["parent"], **MUM | {"given_name": f"  {typed} "})
    assert (answer.status_code, answer.json_body["person"]["given_name"]) == (201, typed)


def test_a_name_is_kept_composed(portal: Portal, codes: dict[str, str]) -> None:
    assert portal.redeem(codes["parent"], **MUM | {"given_name": "Zoe\u0308"}).json_body["person"]["given_name"] == "Zoë"


@pytest.mark.parametrize("names", [{"given_name": "Madonna", "family_name": ""}, {"given_name": " ", "family_name": "Madonna"}])
def test_one_name_is_enough(portal: Portal, codes: dict[str, str], names: dict[str, str]) -> None:
    answer = portal.redeem(codes["parent"], **MUM | names)
    assert (answer.status_code, answer.json_body["person"]["given_name"]) == (201, "Madonna")
    assert answer.json_body["person"]["family_name"] == ""


def test_no_name_at_all_is_not(portal: Portal, codes: dict[str, str]) -> None:
    answer = portal.redeem(codes["parent"], **MUM | {"given_name": "", "family_name": " "})
    assert (answer.status_code, answer.json_body["fields"]) == (422, {"given_name": "Enter your first name."})


def test_a_password_with_a_sign_that_a_phone_has_made_is_taken_and_named(portal: Portal, codes: dict[str, str]) -> None:
    """It is compared as it was set, so whoever types it elsewhere has to know."""
    fields = {"code": codes["parent"], "password": "tulip’s harbour quartz", **MUM}
    answer = portal.submit("/schools/northbridge/codes/use", fields)
    assert answer.status_code == 201
    assert "Your password holds the character ’" in answer.body.decode()
