"""What the console asks for: a look at a provider; and an admin's own try, which links nobody and signs nobody in."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from federate.handler import handle
from latchkey.sso.model.connection import SecretRef
from latchkey.sso.model.trial import Trial
from tests.support.federate import OWN, World, open_world
from tests.support.system import TestSystem

START = "/schools/northbridge/sso/school"
DAY = 86_400


@pytest.fixture
def world(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with open_world(system, monkeypatch) as made:
        yield made


def look(**asked: Any) -> dict[str, tuple[str, str, str]]:
    """The findings by check: how it stands, why, and the provider's own code."""
    event = {"check": {"school": "northbridge", "connection": "school", "version": 1, **asked}}
    return {each["check"]: (each["state"], each["why"], each["said"]) for each in handle(event, None)["findings"]}


class TestLook:
    def test_all_is_well(self, world: World) -> None:
        world.provider.date = "Wed, 18 Nov 2026 11:06:41 GMT"
        world.system.clock.now = 1_795_000_000 + (1_795_000_001 - 1_795_000_000)
        found = look()
        assert {name: state for name, (state, _, _) in found.items()} == {
            "issuer": "ok", "clock": "ok", "keys": "ok", "secret": "ok", "redirect_address": "unknown", "tenant": "unknown",
            "consent": "unknown", "email_claim": "unknown",
        }  # fmt: skip
        assert found["tenant"] == ("unknown", "not_tried", "")

    @pytest.mark.parametrize(
        ("broken", "why"),
        [("refused", "unreachable"), ("slow", "unreachable"), ("private", "forbidden_address"), ("redirect", "unusable")],
    )
    def test_a_provider_that_cannot_be_asked(self, world: World, broken: str, why: str) -> None:
        world.provider.broken["openid-configuration"] = broken
        assert look()["issuer"] == ("stop", why, "")
        assert world.provider.asked == ["/.well-known/openid-configuration"]

    def test_another_issuer(self, world: World) -> None:
        world.provider.discovery["issuer"] = "https://login.northbridge.example/"
        assert look()["issuer"] == ("stop", "other", "")

    @pytest.mark.parametrize(("keys", "why"), [([], "unusable"), ([{"kty": "oct", "k": "AA"}], "unusable")])
    def test_keys_of_no_use(self, world: World, keys: list[dict[str, Any]], why: str) -> None:
        world.provider.keys = keys
        assert look()["keys"] == ("stop", why, "")

    def test_keys_that_cannot_be_had(self, world: World) -> None:
        world.provider.broken["/keys"] = "slow"
        assert look()["keys"] == ("stop", "unreachable", "")

    @pytest.mark.parametrize(
        ("date", "why"), [("Wed, 18 Nov 2026 11:30:00 GMT", "ahead"), ("Wed, 18 Nov 2026 09:00:00 GMT", "behind")]
    )
    def test_a_clock_that_is_wrong(self, world: World, date: str, why: str) -> None:
        world.provider.date = date
        assert look()["clock"] == ("stop", why, "")

    def test_a_secret_that_is_refused(self, world: World) -> None:
        world.provider.secret = "another"
        assert look()["secret"] == ("stop", "refused", "invalid_client")

    def test_a_secret_that_the_provider_has_ended(self, world: World) -> None:
        said = {"error": "invalid_client", "error_description": "AADSTS7000222: The provided client secret keys are expired."}
        world.provider.refuse = (401, said)
        assert look()["secret"] == ("stop", "expired", "AADSTS7000222")

    def test_a_secret_that_ends_soon_or_is_missing(self, world: World) -> None:
        ends = world.wiring.now() + 10 * DAY
        assert OWN.secret is not None
        world.school("southgate", replace(OWN, secret=replace(OWN.secret, ends_at=ends)))
        assert look(school="southgate")["secret"] == ("warn", "ends_soon", "")
        world.school("eastbridge", replace(OWN, secret=SecretRef(name="latchkey/sso/eastbridge/gone")))
        world.system.wiring("console").client_secrets.delete("latchkey/sso/eastbridge/gone")
        assert look(school="eastbridge")["secret"] == ("stop", "missing", "")

    def test_a_redirect_address_that_the_provider_says_it_does_not_know(self, world: World) -> None:
        world.provider.authorize_page = b"<h1>Error 400: redirect_uri_mismatch</h1>"
        assert look()["redirect_address"] == ("stop", "not_registered", "")

    def test_what_is_not_there(self, world: World) -> None:
        assert look(connection="other") == look(version=7) == {}
        assert world.provider.asked == []


class TestTry:
    def begun(self, world: World) -> None:
        trial = Trial(id="try-1", connection="school", version=1, by="head", at=world.wiring.now())
        world.system.wiring("console").sso_looks("northbridge").begin(trial)

    def ended(self, world: World) -> tuple[Trial, dict[str, tuple[str, str]]]:
        found = world.system.wiring("console").sso_looks("northbridge").trial("school")
        assert found is not None
        return found, {each.check: (each.state, each.why) for each in found.findings}

    def tried(self, world: World) -> tuple[Trial, dict[str, tuple[str, str]]]:
        self.begun(world)
        browser = world.browser()
        answer = browser.get(world.answer(browser, at=f"{START}?try=try-1"))
        assert answer.headers["Location"] == "/admin/northbridge/settings/sso/school?tried=1"
        assert "__Host-latchkey" not in browser.jar
        return self.ended(world)

    def test_it_would_work(self, world: World) -> None:
        ada = world.add("ada")
        world.says("ada")
        trial, found = self.tried(world)
        assert (trial.account, trial.person) == ("ada@northbridge.example", ada.id)
        assert set(found.values()) == {("ok", "")}
        assert world.person(ada).sso == ()

    @pytest.mark.parametrize(
        ("claims", "changed", "check", "finding"),
        [
            ({"email": None}, {}, "email_claim", ("stop", "missing")),
            ({"email_verified": False}, {}, "email_claim", ("stop", "unverified")),
            ({}, {"iss": "https://other.example"}, "issuer", ("stop", "other")),
            ({}, {"iat": 1_795_000_200, "exp": 1_795_000_500}, "clock", ("stop", "ahead")),
            ({}, {"iat": 1_794_990_000, "exp": 1_794_990_300}, "clock", ("stop", "behind")),
            ({}, {}, "account", ("warn", "unknown_here")),
        ],
    )
    def test_what_only_a_round_trip_shows(
        self, world: World, claims: dict[str, Any], changed: dict[str, Any], check: str, finding: tuple[str, str]
    ) -> None:
        world.says("ada", **claims)
        world.provider.changed = changed
        assert self.tried(world)[1][check] == finding

    def test_a_secret_that_is_wrong(self, world: World) -> None:
        world.says("ada")
        world.provider.secret = "another"
        assert self.tried(world)[1]["secret"] == ("stop", "refused")

    def test_a_try_that_nobody_has_begun(self, world: World) -> None:
        assert world.browser().get(f"{START}?try=try-1").status_code == 404
        self.begun(world)
        world.system.clock.now += 601
        assert world.browser().get(f"{START}?try=try-1").status_code == 404
