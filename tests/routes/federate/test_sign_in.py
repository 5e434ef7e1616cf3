"""A browser goes to the school's provider and comes back: in, or to a page that says what to do."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from latchkey.errors import NotSignedIn
from latchkey.sign_in.session import ABSOLUTE, who
from tests.support.federate import OWN, World, open_world
from tests.support.oidc_provider import CLIENT, ISSUER, ec_key, query_of, signed
from tests.support.system import TestSystem

START = "/schools/northbridge/sso/school"
SESSION = "__Host-latchkey"


@pytest.fixture
def world(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with open_world(system, monkeypatch) as made:
        yield made


def heading(body: bytes) -> str:
    found = re.search(r"<h1>([^<]+)</h1>", body.decode())
    assert found, body
    return found[1]


class TestStart:
    def test_the_way_to_the_provider(self, world: World) -> None:
        answer = world.browser().get(START)
        assert answer.status_code == 303
        assert answer.headers["Cache-Control"] == "no-store"
        to, _, _ = answer.headers["Location"].partition("?")
        asked = query_of(answer.headers["Location"])
        assert to == f"{ISSUER}/authorize"
        assert {name: asked[name] for name in asked if name not in {"state", "nonce", "code_challenge"}} == {
            "response_type": "code",
            "response_mode": "query",
            "client_id": CLIENT,
            "redirect_uri": "https://latchkey.test/sso/callback",
            "scope": "openid email profile",
            "code_challenge_method": "S256",
        }
        assert all(len(asked[name]) >= 43 for name in ("state", "nonce", "code_challenge"))

    def test_no_two_attempts_are_alike(self, world: World) -> None:
        browser = world.browser()
        one, two = (query_of(browser.get(START).headers["Location"]) for _ in range(2))
        assert all(one[name] != two[name] for name in ("state", "nonce", "code_challenge"))

    def test_only_who_was_the_wrong_one_is_asked_to_sign_in_anew(self, world: World) -> None:
        assert "prompt" not in query_of(world.browser().get(START).headers["Location"])
        assert query_of(world.browser().get(f"{START}?again=1").headers["Location"])["prompt"] == "login"

    @pytest.mark.parametrize(
        "path", ["/schools/northbridge/sso/other", "/schools/nowhere/sso/school", "/schools/northbridge/sso/~"]
    )
    def test_a_way_that_is_not_there(self, world: World, path: str) -> None:
        assert world.browser().get(path).status_code == 404
        assert world.browser().get(f"{path}/help").status_code == 404

    def test_a_way_that_is_switched_off(self, world: World) -> None:
        world.school("southgate", OWN, on=False)
        assert world.browser().get("/schools/southgate/sso/school").status_code == 404

    @pytest.mark.parametrize("why", ["slow", "refused", "certificate", "private"])
    def test_a_provider_that_does_not_answer(self, world: World, why: str) -> None:
        world.provider.broken["openid-configuration"] = why
        answer = world.browser().get(START)
        assert (answer.status_code, heading(answer.body)) == (503, "The other side does not answer")
        asked = len(world.provider.asked)
        world.browser().get(START)
        assert len(world.provider.asked) == asked  # not by everybody who comes meanwhile

    def test_a_browser_keeps_few_attempts(self, world: World) -> None:
        browser = world.browser()
        for _ in range(9):
            browser.get(START)
            world.system.clock.now += 1
        assert sum(name.startswith(f"{SESSION}-sso-") for name in browser.jar) == 4

    def test_a_flood_from_one_address(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("federate.start.STARTS", type("Few", (), {"name": "sso-start", "limit": 2, "window": 900})())
        answers = [world.browser().get(START).status_code for _ in range(3)]
        assert answers == [303, 303, 429]


class TestBack:
    def test_in(self, world: World) -> None:
        ada = world.add("ada")
        world.says("ada")
        browser = world.browser()
        answer = world.back(browser)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
        found = who(world.system.wiring("portal"), browser.jar[SESSION])
        assert (found.person.id, found.session.by) == (ada.id, "school")
        assert found.session.expires_at == world.wiring.now() + ABSOLUTE
        assert browser.get("/account").status_code == 200
        assert not any(name.startswith(f"{SESSION}-sso-") for name in browser.jar)

    def test_the_same_with_another_algorithm(self, world: World) -> None:
        world.add("ada")
        world.says("ada")
        world.provider.sign = lambda claims: signed(claims, kid="curve", key=ec_key(), algorithm="ES256")
        assert world.back(world.browser()).headers["Location"] == "/account"

    def test_the_next_at_a_shared_computer_gets_their_own_session(self, world: World) -> None:
        world.add("ada")
        world.add("ben")
        browser = world.browser()
        world.says("ada")
        world.back(browser)
        first = browser.jar[SESSION]
        world.says("ben")
        world.back(browser)
        assert who(world.system.wiring("portal"), browser.jar[SESSION]).person.given_name == "Ben"
        with pytest.raises(NotSignedIn):
            who(world.system.wiring("portal"), first)

    def test_two_tabs_at_once(self, world: World) -> None:
        world.add("ada")
        world.says("ada")
        browser = world.browser()
        one, two = world.answer(browser), world.answer(browser)
        assert browser.get(two).headers["Location"] == "/account"
        assert browser.get(one).headers["Location"] == "/account"

    def test_an_answer_that_comes_twice(self, world: World) -> None:
        world.add("ada")
        world.says("ada")
        browser = world.browser()
        back = world.answer(browser)
        kept = dict(browser.jar)
        assert browser.get(back).status_code == 303
        again = browser.get(back)  # a reload: the attempt's cookie is gone
        assert (again.status_code, heading(again.body)) == (410, "This sign-in did not begin here")
        browser.jar = kept
        replayed = browser.get(back)
        assert (replayed.status_code, heading(replayed.body)) == (410, "This sign-in was used already")
        assert b'href="/account"' in replayed.body
        assert world.provider.asked.count("/token") == 1

    def test_an_answer_to_another_browsers_question(self, world: World) -> None:
        """Login CSRF: an attacker's own answer opens nothing in somebody else's browser."""
        world.says("ada")
        world.add("ada")
        theirs = world.answer(world.browser())
        victim = world.browser()
        victim.get(START)
        answer = victim.get(theirs)
        assert answer.status_code == 410
        assert SESSION not in victim.jar
        assert world.provider.asked.count("/token") == 0

    def test_an_attempt_under_another_name(self, world: World) -> None:
        """A sealed attempt counts for its own state only."""
        browser = world.browser()
        back = world.answer(browser)
        other = query_of(browser.get(START).headers["Location"])["state"]
        cookies = [name for name in browser.jar if name.startswith(f"{SESSION}-sso-")]
        one, two = cookies
        browser.jar[one], browser.jar[two] = browser.jar[two], browser.jar[one]
        assert browser.get(back).status_code == 410
        assert browser.get(f"/sso/callback?code=x&state={other}").status_code == 410

    def test_too_late(self, world: World) -> None:
        world.says("ada")
        browser = world.browser()
        back = world.answer(browser)
        world.system.clock.now += 601
        answer = browser.get(back)
        assert (answer.status_code, heading(answer.body)) == (410, "That took too long")
        assert f'href="{START}"'.encode() in answer.body

    def test_settings_that_have_changed_meanwhile(self, world: World) -> None:
        world.says("ada")
        browser = world.browser()
        back = world.answer(browser)
        schools = world.system.wiring("operate").schools
        school = schools.get("northbridge")
        assert school is not None
        schools.change(_without(school))
        assert heading(browser.get(back).body) == "Your school has just changed this sign-in"

    @pytest.mark.parametrize(
        ("said", "title"),
        [
            ({"error": "access_denied"}, "You are not signed in"),
            ({"error": "consent_required"}, "Your school has to allow this first"),
            ({"error": "interaction_required"}, "One more question was left open"),
            ({"error": "login_required"}, "One more question was left open"),
            ({"error": "server_error"}, "The other side has a problem"),
            ({"error": "temporarily_unavailable"}, "The other side has a problem"),
            ({"error": "unauthorized_client"}, "This sign-in is not set up right"),
            ({"error": "admin_policy_enforced"}, "This account may not be used here"),
            ({"error": "access_denied", "error_description": "AADSTS65001: Ada <ada@x>"}, "Your school has to allow this first"),
            ({"error": "<script>"}, "The other side has a problem"),
            ({}, "The other side has a problem"),
        ],
    )
    def test_the_provider_says_no(self, world: World, said: dict[str, str], title: str) -> None:
        browser = world.browser()
        state = query_of(browser.get(START).headers["Location"])["state"]
        answer = browser.get("/sso/callback?" + urlencode({"state": state, **said}))
        assert heading(answer.body) == title
        assert answer.status_code in {403, 503}
        assert b"ada@x" not in answer.body
        assert b"<script>" not in answer.body
        assert SESSION not in browser.jar
        assert f'href="{START}/help"'.encode() in answer.body

    def test_whom_nobody_here_knows(self, world: World) -> None:
        world.says("zoe")
        answer = world.back(world.browser())
        assert (answer.status_code, heading(answer.body)) == (403, "This account is not known here")
        assert b"zoe@northbridge.example" in answer.body  # which account it was
        assert f'href="{START}?again=1"'.encode() in answer.body

    def test_choosing_a_language_does_not_begin_again(self, world: World) -> None:
        world.says("zoe")
        assert f'name="to" value="{START}/help"'.encode() in world.back(world.browser()).body

    @pytest.mark.parametrize(
        ("facts", "title"),
        [({"status": "left"}, "This account has ended"), ({"status": "disabled"}, "This account is switched off"),
         ({"role": "parent"}, "You sign in another way")],
    )  # fmt: skip
    def test_who_is_known_and_may_not(self, world: World, facts: dict[str, str], title: str) -> None:
        world.add("ada", **facts)
        world.says("ada")
        browser = world.browser()
        assert heading(world.back(browser).body) == title
        assert SESSION not in browser.jar

    def test_an_account_without_an_address(self, world: World) -> None:
        world.says("ada", email=None)
        assert heading(world.back(world.browser()).body) == "We were not told who you are"

    def test_an_address_that_only_userinfo_says(self, world: World) -> None:
        world.add("ada")
        world.says("ada", email=None, email_verified=None)
        world.provider.info = {"sub": "sub-ada", "email": "ada@northbridge.example", "email_verified": True}
        assert world.back(world.browser()).headers["Location"] == "/account"

    def test_userinfo_of_somebody_else(self, world: World) -> None:
        world.add("ben")
        world.says("ada", email=None)
        world.provider.info = {"sub": "sub-ben", "email": "ben@northbridge.example", "email_verified": True}
        assert heading(world.back(world.browser()).body) == "This sign-in is not set up right"

    def test_clocks_that_differ(self, world: World) -> None:
        world.says("ada")
        world.provider.changed = {"iat": world.wiring.now() + 130, "exp": world.wiring.now() + 500}
        assert heading(world.back(world.browser()).body) == "The clocks do not agree"

    def test_a_secret_that_is_wrong(self, world: World) -> None:
        world.says("ada")
        world.provider.secret = "another"
        answer = world.back(world.browser())
        assert heading(answer.body) == "This sign-in is not set up right"
        assert b"invalid_client" in answer.body

    def test_a_secret_that_was_replaced_just_now(self, world: World) -> None:
        world.add("ada")
        world.add("ben")
        world.says("ada")
        assert world.back(world.browser()).headers["Location"] == "/account"
        world.provider.secret = "another"
        assert OWN.secret is not None
        world.system.wiring("console").client_secrets.put(OWN.secret.name, "another")
        world.says("ben")
        assert world.back(world.browser()).headers["Location"] == "/account"

    def test_a_code_that_the_provider_does_not_know(self, world: World) -> None:
        world.says("ada")
        browser = world.browser()
        assert heading(browser.get(world.answer(browser, code="other")).body) == "That took too long"

    def test_an_answer_that_names_another_issuer(self, world: World) -> None:
        """RFC 9207: mix-up of two providers."""
        world.says("ada")
        browser = world.browser()
        assert browser.get(world.answer(browser, iss="https://evil.example")).status_code == 403
        assert world.provider.asked.count("/token") == 0

    def test_a_start_at_the_provider_begins_our_own(self, world: World) -> None:
        browser = world.browser()
        browser.get(START)
        assert browser.get("/sso/callback?code=abc").headers["Location"] == START
        stranger = world.browser().get("/sso/callback?code=abc")
        assert (stranger.status_code, heading(stranger.body)) == (410, "This sign-in did not begin here")

    def test_another_schools_connection(self, world: World) -> None:
        """The school is that of the attempt: the same provider and account open nothing in a school that has them not."""
        world.school("southgate", OWN)
        world.add("ada")
        world.says("ada")
        browser = world.browser()
        answer = browser.get(world.answer(browser, at="/schools/southgate/sso/school"))
        assert heading(answer.body) == "This account is not known here"
        assert SESSION not in browser.jar

    def test_a_page_in_welsh(self, world: World) -> None:
        answer = world.browser().get("/sso/callback?code=a&state=b", **{"Accept-Language": "cy"})
        assert b'<html lang="cy"' in answer.body
        assert "Ewch" in answer.body.decode()

    def test_a_script_gets_no_page(self, world: World) -> None:
        answer = world.http["federate"].get("/sso/callback?code=a&state=b", headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json_body["code"]) == (410, "lost")


class TestPagesBeside:
    def test_who_signs_out_here_is_offered_to_sign_out_there(self, world: World) -> None:
        world.add("ada")
        world.says("ada")
        browser = world.browser()
        world.back(browser)
        token = browser.jar[SESSION]
        answer = browser.submit("/sessions/current/delete")
        assert answer.headers["Location"] == f"{START}/sign-out"
        assert SESSION not in browser.jar
        with pytest.raises(NotSignedIn):
            who(world.system.wiring("portal"), token)
        assert browser.get(answer.headers["Location"]).status_code == 200

    def test_what_to_do_when_it_says_no(self, world: World) -> None:
        answer = world.browser().get(f"{START}/help")
        assert answer.status_code == 200
        for each in (START, f"{START}?again=1", f"{START}/sign-out", "/schools/northbridge"):
            assert f'href="{each}"'.encode() in answer.body

    def test_signing_out_there(self, world: World) -> None:
        answer = world.browser().get(f"{START}/sign-out")
        assert f'href="{ISSUER}/end?client_id={CLIENT}"'.encode() in answer.body

    def test_a_provider_that_has_no_such_address(self, world: World) -> None:
        world.provider.discovery["end_session_endpoint"] = None
        assert b"close all windows" in world.browser().get(f"{START}/sign-out").body

    @pytest.mark.parametrize("there", ["javascript:alert(1)", "http://login.northbridge.example/end", 'https://x"onload="y'])
    def test_an_address_that_nobody_is_led_to(self, world: World, there: str) -> None:
        world.provider.discovery["end_session_endpoint"] = there
        assert b"close all windows" in world.browser().get(f"{START}/sign-out").body


def _without(school: object) -> object:
    from dataclasses import replace

    from latchkey.schools.model.school import School

    assert isinstance(school, School)
    return replace(school, settings=replace(school.settings, sso=school.settings.sso.with_connections(())))
