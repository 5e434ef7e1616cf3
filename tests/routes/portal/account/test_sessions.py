"""Where somebody is signed in: what they see of it, and ending what they do not know."""

from typing import Any

import pytest

from latchkey.sign_in.session import IDLE
from tests.support.portal import PASSWORD, Portal

COOKIE = "__Host-latchkey"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"


def signed_in(portal: Portal, name: str, agent: str = CHROME) -> str:
    return str(portal.sign_in(name, PASSWORD, User_Agent=agent).json_body["token"])


def listed(portal: Portal, token: str) -> list[dict[str, Any]]:
    answer = portal.get("/account/sessions", Authorization=f"Bearer {token}")
    assert answer.status_code == 200
    assert answer.json_body["next"] is None
    items: list[dict[str, Any]] = answer.json_body["items"]
    return items


def test_this_one_first_then_the_others_with_what_is_known_of_them(portal: Portal) -> None:
    portal.add("ann")
    portal.add("ben")
    signed_in(portal, "ben")
    there = signed_in(portal, "ann", PHONE)
    portal.system.clock.now += 400
    unknown = signed_in(portal, "ann", "curl/8")
    here = signed_in(portal, "ann")
    items = listed(portal, here)
    assert [(each["browser"], each["current"]) for each in items] == [
        ("Chrome on Windows", True),
        (None, False),
        ("Safari on iPhone", False),
    ]
    assert items[2]["since"] == items[2]["used_at"] == "2026-11-18T11:06:40Z"
    for token in (here, there, unknown):
        assert token.rpartition(".")[2] not in str(items)
    page = portal.page("/account", Cookie=f"{COOKIE}={here}").body.decode()
    assert "Safari on iPhone" in page
    assert page.count("this one") == 1
    assert "iPhone OS" not in page
    alone = portal.page("/account/sessions", Cookie=f"{COOKIE}={here}").body.decode()
    assert "Sign out everywhere else" in alone


def test_what_has_ended_is_not_shown(portal: Portal) -> None:
    ann = portal.add("ann")
    signed_in(portal, "ann")
    portal.system.clock.now += IDLE["student"] + 1
    signed_out = signed_in(portal, "ann")
    portal.http.delete("/sessions/current", headers={"Authorization": f"Bearer {signed_out}", "Accept": "application/json"})
    portal.wiring.directory("northbridge").change(ann.id, {"version": 2})
    here = signed_in(portal, "ann")
    assert len(listed(portal, here)) == 1
    assert "You are signed in nowhere else." in portal.page("/account", Cookie=f"{COOKIE}={here}").body.decode()


@pytest.mark.parametrize("by_form", [True, False])
def test_one_is_ended_and_the_others_go_on(portal: Portal, by_form: bool) -> None:
    portal.add("ann")
    there, third, here = (signed_in(portal, "ann", agent) for agent in (PHONE, "curl/8", CHROME))
    (place,) = [each["id"] for each in listed(portal, here) if each["browser"] == "Safari on iPhone"]
    if by_form:
        answer = portal.submit(f"/account/sessions/{place}/delete", {}, Cookie=f"{COOKIE}={here}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account?done=session")
    else:
        said = {"Authorization": f"Bearer {here}", "Accept": "application/json"}
        assert portal.http.delete(f"/account/sessions/{place}", headers=said).status_code == 204
        assert portal.http.delete(f"/account/sessions/{place}", headers=said).status_code == 404
    works = [portal.get("/account", Authorization=f"Bearer {each}").status_code for each in (there, third, here)]
    assert works == [401, 200, 200]


def test_all_others_are_ended_and_it_stands_in_the_trail(portal: Portal) -> None:
    ann = portal.add("ann")
    portal.add("ben")
    bens, there, here = signed_in(portal, "ben"), signed_in(portal, "ann"), signed_in(portal, "ann")
    for _ in range(30):
        signed_in(portal, "ann")
    answer = portal.post("/account/sessions/end-others", {}, Authorization=f"Bearer {here}")
    assert answer.status_code == 204
    assert portal.post("/account/sessions/end-others", {}, Authorization=f"Bearer {here}").status_code == 204, "twice is no harm"
    works = [portal.get("/account", Authorization=f"Bearer {each}").status_code for each in (there, here, bens)]
    assert works == [401, 200, 200]
    events = portal.system.wiring("console").audit("northbridge").page(limit=100)[0]
    ended = [each for each in events if each["action"] == "sessions.end_own"]
    assert [(each["actor"], each["facts"]) for each in ended] == [(ann.id, {"person": ann.id, "sessions": 31})]


def test_nobody_ends_or_sees_what_is_another_persons(portal: Portal) -> None:
    portal.add("ann")
    portal.add("ben")
    bens, anns = signed_in(portal, "ben"), signed_in(portal, "ann")
    (place,) = [each["id"] for each in listed(portal, bens)]
    said = {"Authorization": f"Bearer {anns}", "Accept": "application/json"}
    foreign = portal.http.delete(f"/account/sessions/{place}", headers=said)
    unknown = portal.http.delete(f"/account/sessions/{'0' * 20}", headers=said)
    assert (foreign.status_code, foreign.body) == (unknown.status_code, unknown.body) == (404, unknown.body)
    assert portal.get("/account", Authorization=f"Bearer {bens}").status_code == 200
    for path in ("/account/sessions/end-others", f"/account/sessions/{place}/delete"):
        assert portal.post(path, {}).status_code == 401
