"""A pupil comes in by the school's own sign-in, on the deployed template with IAM enforced."""

from typing import Any

import pytest

from tests.e2e.school import admin_of
from tests.support.visitor import Visitor

pytestmark = pytest.mark.e2e


def test_a_pupil_of_southgate_comes_in_by_the_demos_own_sign_in(stack: dict[str, Any]) -> None:
    known = stack["sso"]["accounts"]["student"]
    with Visitor(stack["url"]) as visitor:
        asked = visitor.ask("GET", "/schools/southgate/sso/southgate-id").headers["Location"]
        assert asked.startswith(f"{stack['sso']['issuer']}/")
        back = visitor.ask("POST", asked, data={"sub": known["user_name"]}).headers["Location"]
        visitor.follow(back)
        person = visitor.signed_in_as()
    admin = admin_of(stack, "southgate")
    found = admin.get(admin.console(f"people/{person}"))
    assert found["username"] == known["user_name"]


def test_somebody_whom_the_school_does_not_know_ends_on_a_page(stack: dict[str, Any]) -> None:
    with Visitor(stack["url"]) as visitor:
        asked = visitor.ask("GET", "/schools/southgate/sso/southgate-id").headers["Location"]
        answer = visitor.follow(visitor.ask("POST", asked, data={"sub": "somebody.else"}).headers["Location"])
        assert answer.status_code == 403
        assert "This account is not known here" in answer.text
        assert visitor.signed_in_as() is None


def test_the_self_check_finds_nothing_wrong(stack: dict[str, Any]) -> None:
    """The console asks the function that meets providers: by Lambda, with the role that it has."""
    admin = admin_of(stack, "southgate")
    answer = admin.http.post(admin.console("settings/sso/check"), json={"name": "southgate-id"})
    assert answer.status_code == 200, answer.text
    states = {each["name"]: each["state"] for each in answer.json()["checks"]}
    assert {states[name] for name in ("issuer", "keys", "clock", "secret")} == {"ok"}, answer.text
