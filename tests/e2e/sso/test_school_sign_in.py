"""A pupil comes in by the school's own sign-in, on the deployed template with IAM enforced."""

import secrets
from typing import Any

import pytest

from infra.operator import invite_admin_event
from tests.e2e.client import Product, links_in
from tests.e2e.school import as_operator
from tests.support.visitor import Visitor

pytestmark = pytest.mark.e2e
PASSWORD = "eleven cheerful otters"


@pytest.fixture(scope="module")
def head(stack: dict[str, Any]) -> Product:
    """An admin of Southgate whom nobody but this module knows: the demo's has an app, whose codes count once."""
    address = f"head.{secrets.token_hex(4)}@southgate.example"
    product = Product({**stack, "school": "southgate"})
    as_operator(stack, invite_admin_event("southgate", email=address, given_name="Hana", family_name="Head"))
    token = links_in(product.mail(address))[0].partition("#")[2]
    assert product.http.post("/password-links/use", json={"token": token, "password": PASSWORD}).status_code == 204
    return product.sign_in(address, PASSWORD)


def test_a_pupil_of_southgate_comes_in_by_the_demos_own_sign_in(stack: dict[str, Any], head: Product) -> None:
    known = stack["sso"]["accounts"]["student"]
    with Visitor(stack["url"]) as visitor:
        asked = visitor.ask("GET", "/schools/southgate/sso/southgate-id").headers["Location"]
        assert asked.startswith(f"{stack['sso']['issuer']}/")
        back = visitor.ask("POST", asked, data={"sub": known["user_name"]}).headers["Location"]
        visitor.follow(back)
        person = visitor.signed_in_as()
    found = head.get(head.console(f"people/{person}"))
    assert found["username"] == known["user_name"]


def test_somebody_whom_the_school_does_not_know_ends_on_a_page(stack: dict[str, Any]) -> None:
    with Visitor(stack["url"]) as visitor:
        asked = visitor.ask("GET", "/schools/southgate/sso/southgate-id").headers["Location"]
        answer = visitor.follow(visitor.ask("POST", asked, data={"sub": "somebody.else"}).headers["Location"])
        assert answer.status_code == 403
        assert "This account is not known here" in answer.text
        assert visitor.signed_in_as() is None


def test_the_self_check_finds_nothing_wrong(head: Product) -> None:
    """The console asks the function that meets providers: by Lambda, with the role that it has."""
    answer = head.http.post(head.console("settings/sso/check"), json={"name": "southgate-id"})
    assert answer.status_code == 200, answer.text
    states = {each["name"]: each["state"] for each in answer.json()["checks"]}
    assert {states[name] for name in ("issuer", "keys", "clock", "secret")} == {"ok"}, answer.text
