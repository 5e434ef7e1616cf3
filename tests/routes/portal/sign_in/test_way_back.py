"""However somebody signs in, they come to the page of the form that their ended session had stopped, and it says so."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.routes.portal.second_factors.test_sign_in import STEP, Me
from tests.routes.portal.second_factors.test_sign_in_by_passkey import HERE, options, with_passkey
from tests.support.portal import PASSWORD, Portal
from web import way_back

WANTED = "/admin/northbridge/people/abc"
SESSIONS = "/schools/northbridge/sessions"
KEPT = {"Cookie": f"{way_back.COOKIE}=!{WANTED}"}


def with_the_password(portal: Portal) -> Any:
    portal.add("head", role="staff", is_admin=True)
    return portal.submit(SESSIONS, {"identifier": "head", "password": PASSWORD}, **KEPT)


def with_a_second_step(portal: Portal) -> Any:
    me = Me(portal, is_admin=True)
    me.add_app()
    between = portal.submit(SESSIONS, {"identifier": "head", "password": PASSWORD}, **KEPT)
    assert between.headers["Location"] == STEP
    assert way_back.COOKIE not in str(between.headers["Set-Cookie"]), "it stays until they are in"
    token = str(between.headers["Set-Cookie"]).partition("=")[2].partition(";")[0]
    return portal.submit(STEP, {"token": token, "code": me.code()}, **KEPT)


def with_the_chooser(portal: Portal) -> Any:
    head = portal.add("head", role="staff", is_admin=True, email="both@northbridge.example", given_name="Head")
    portal.add("parent", role="parent", email="both@northbridge.example", given_name="Parent")
    assert head
    found = portal.sign_in("both@northbridge.example")
    assert found.status_code == 202, found.body
    tokens = {each["given_name"]: each["token"] for each in found.json_body["choose"]["accounts"]}
    return portal.submit(f"{SESSIONS}/account", {"token": tokens["Head"]}, **KEPT)


def with_a_passkey(portal: Portal) -> Any:
    key = with_passkey(portal, is_admin=True)
    return portal.submit(f"{HERE}/answer", {"credential": json.dumps(key.sign(options(portal)))}, **KEPT)


@pytest.mark.parametrize("way", [with_the_password, with_a_second_step, with_the_chooser, with_a_passkey])
def test_each_way_leads_to_the_page_of_the_form_which_says_so(portal: Portal, way: Callable[[Portal], Any]) -> None:
    answer = way(portal)
    assert (answer.status_code, answer.headers["Location"]) == (303, WANTED), answer.body
    assert any(each.startswith(f"{way_back.COOKIE}=lost; ") for each in answer.headers["Set-Cookie"])
