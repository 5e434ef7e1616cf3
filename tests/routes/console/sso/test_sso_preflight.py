"""What preflight says of single sign-on: the kept result of the last check, and when the secret ends."""

from typing import Any, Final

import pytest

from latchkey.preflight.model.facts import Unseen
from latchkey.preflight.model.sso_rules import sso_checks
from tests.routes.console.sso.test_sso_settings import ENTRA, SSO, console, one, put
from tests.support.console import HEAD_TEACHER, Console
from tests.support.system import START

__all__ = ["console"]

PREFLIGHT: Final = "/admin/northbridge/preflight"
FINE: Final = {"findings": [{"check": "keys", "state": "ok", "why": "", "said": ""}]}


def of_sso(console: Console) -> dict[str, dict[str, Any]]:
    checks = console.get(PREFLIGHT).json_body["checks"]
    return {each["name"]: each for each in checks if each["name"].startswith("sso")}


def test_a_school_without_it_has_no_such_check(console: Console) -> None:
    put(console, ENTRA)  # a draft is nobody's way in
    assert of_sso(console) == {}


def test_a_provider_is_as_its_last_check_and_its_secrets_end_say(console: Console) -> None:
    put(console, {**ENTRA, "on": True})
    found = of_sso(console)["sso_entra"]
    assert (found["state"], found["path"]) == ("warn", f"{SSO}/entra")
    console.system.doorways.answer("federate", FINE)
    console.post(f"{SSO}/check", {"name": "entra"})
    assert of_sso(console)["sso_entra"]["state"] == "ok"
    console.system.clock.now = START + 300 * 86_400  # 31 August 2027 is over
    console.token = console.sign_in(HEAD_TEACHER)
    assert (of_sso(console)["sso_entra"]["state"], "has ended" in of_sso(console)["sso_entra"]["text"]) == ("stop", True)


def test_what_a_check_found_stops_until_it_is_mended(console: Console) -> None:
    put(console, {**ENTRA, "on": True})
    refused = {"findings": [*FINE["findings"], {"check": "secret", "state": "stop", "why": "refused", "said": "invalid_client"}]}
    console.system.doorways.answer("federate", refused)
    console.post(f"{SSO}/check", {"name": "entra"})
    found = of_sso(console)["sso_entra"]
    assert (found["state"], found["who"]) == ("stop", "admin")
    assert "paste its value" in found["fix"]
    console.system.doorways.answer("federate", FINE)
    console.post(f"{SSO}/check", {})
    assert of_sso(console)["sso_entra"]["state"] == "ok"


def test_a_version_that_is_gone_stops(console: Console) -> None:
    put(console, {**ENTRA, "on": True})
    connections = console.system.wiring("console").connections("northbridge")
    connections.delete(connections.all())
    assert of_sso(console)["sso_entra"]["state"] == "stop"


def test_what_could_not_be_looked_at_is_not_ok() -> None:
    (found,) = sso_checks(Unseen("silent"))
    assert (found.state, found.seen) == ("warn", False)


@pytest.mark.parametrize("state", ["ok", "warn", "stop", "unknown"])
def test_the_state_of_a_connection_is_its_worst_check(console: Console, state: str) -> None:
    put(console, ENTRA)
    console.system.doorways.answer("federate", {"findings": [{"check": "keys", "state": state, "why": "", "said": ""}]})
    console.post(f"{SSO}/check", {"name": "entra"})
    assert one(console, "entra")["state"] == ("unknown" if state == "ok" else state)  # nobody has tried it
