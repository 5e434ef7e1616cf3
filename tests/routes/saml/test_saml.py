"""A browser goes to a SAML provider and comes back: in, or to a page that says what to do."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from chalice.test import HTTPResponse

from latchkey.errors import NotSignedIn
from latchkey.sign_in.session import who
from latchkey.sso.model.trial import Trial
from latchkey.sso.saml.own_metadata import own_metadata
from saml.handler import handle
from tests.support.saml import ORIGIN, UNIFY, SamlBrowser, SamlWorld, open_saml_world, unify
from tests.support.saml_provider import MAIL, PLACE, Answer, keys, metadata, sign
from tests.support.sqs import Context
from tests.support.system import TestSystem

START = "/schools/northbridge/sso/unify"
SESSION = "__Host-latchkey"
BROWSER = "__Host-latchkey-saml"
AFFILIATION = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9"
OF_NORTHBRIDGE = {AFFILIATION: ["student@northbridge.example"]}


@pytest.fixture
def world(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator[SamlWorld]:
    with open_saml_world(system, monkeypatch) as made:
        yield made


def heading(answer: HTTPResponse) -> str:
    found = re.search(r"<h1>([^<]+)</h1>", answer.body.decode())
    assert found, answer.body
    return found[1]


def person_of(world: SamlWorld, browser: SamlBrowser) -> str:
    return who(world.system.wiring("portal"), browser.jar.get(SESSION)).person.id


class TestComingIn:
    def test_whom_the_school_knows_comes_in(self, world: SamlWorld) -> None:
        ann, browser = world.add("ann"), world.browser()
        answer = world.comes_in(browser)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
        assert person_of(world, browser) == ann.id
        assert BROWSER not in browser.jar
        (link,) = world.person(ann).sso
        assert (link.connection, link.issuer) == ("unify", UNIFY.issuer)

    def test_afterwards_the_account_at_the_provider_counts_whatever_it_is_called(self, world: SamlWorld) -> None:
        ann = world.add("ann")
        world.comes_in(world.browser())
        browser = world.browser()
        world.comes_in(browser, id="_later", attributes={**OF_NORTHBRIDGE, MAIL: ["other@northbridge.example"]})
        assert person_of(world, browser) == ann.id

    def test_the_session_that_was_here_ends(self, world: SamlWorld) -> None:
        """On a shared computer the next child never gets the last one's session."""
        world.add("ann")
        ben, browser = world.add("ben"), world.browser()
        world.comes_in(browser)
        before = browser.jar[SESSION]
        ben_is = {**OF_NORTHBRIDGE, MAIL: ["ben@northbridge.example"]}
        world.comes_in(browser, id="_later", subject="subject-2", attributes=ben_is)
        assert person_of(world, browser) == ben.id
        with pytest.raises(NotSignedIn):
            who(world.system.wiring("portal"), before)

    def test_the_form_of_the_provider_is_posted_once_more_from_here(self, world: SamlWorld) -> None:
        world.add("ann")
        browser = world.browser()
        document = world.asks(browser).signed()
        page = browser.from_elsewhere(document)
        assert (page.status_code, heading(page)) == (200, "One moment")
        assert "once-more" in page.body.decode()
        assert SESSION not in browser.jar

    def test_nobody_comes_in_with_another_browsers_answer(self, world: SamlWorld) -> None:
        """Who leads somebody to a page that posts the attacker's own answer signs nobody in as the attacker."""
        world.add("ann")
        document = world.asks(world.browser()).signed()
        without, other = world.browser(), world.browser()
        assert (without.brings(document).status_code, SESSION in without.jar) == (410, False)
        world.asks(other)
        answer = other.brings(document)
        assert (answer.status_code, heading(answer)) == (410, "This sign-in did not begin here")
        assert SESSION not in other.jar

    def test_whom_nobody_here_knows(self, world: SamlWorld) -> None:
        answer = world.comes_in(world.browser())
        assert (answer.status_code, heading(answer)) == (403, "This account is not known here")
        assert "ann@northbridge.example" in answer.body.decode()

    def test_a_script_is_told_the_same(self, world: SamlWorld) -> None:
        answer = world.http["saml"].post(
            "/sso/saml",
            body=b"SAMLResponse=x",
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        )
        assert (answer.status_code, answer.json_body["code"]) == (422, "provider")


class TestOnce:
    def test_an_answer_counts_once(self, world: SamlWorld) -> None:
        world.add("ann")
        browser = world.browser()
        document = world.asks(browser).signed()
        secret = browser.jar[BROWSER]
        assert browser.brings(document).status_code == 303
        browser.jar[BROWSER] = secret
        answer = browser.brings(document)
        assert (answer.status_code, heading(answer)) == (410, "This sign-in was used already")

    def test_of_many_at_once_one_comes_in(self, world: SamlWorld) -> None:
        world.add("ann")
        browser = world.browser()
        document, secret = world.asks(browser).signed(), browser.jar[BROWSER]

        def bring(_: int) -> int:
            other = SamlBrowser(world.http, {BROWSER: secret})
            return other.brings(document).status_code

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(bring, range(4))) == [303, 410, 410, 410]

    def test_an_assertion_counts_for_one_attempt(self, world: SamlWorld) -> None:
        """Signed twice by a provider that gives an id again."""
        world.add("ann")
        assert world.comes_in(world.browser()).status_code == 303
        assert heading(world.comes_in(world.browser())) == "This sign-in was used already"
        assert world.comes_in(world.browser(), id="_another").status_code == 303

    def test_it_counts_for_ten_minutes(self, world: SamlWorld) -> None:
        world.add("ann")
        browser = world.browser()
        answer = world.asks(browser)
        world.system.clock.now += 600
        late = browser.brings(replace(answer, now=int(world.system.clock())).signed())
        assert (late.status_code, heading(late)) == (410, "That took too long")


WRONG: dict[str, tuple[Callable[[Answer], str], int, str]] = {
    "another key": (lambda answer: answer.signed(keys("attacker")), 403, "This sign-in is not set up right"),
    "not signed": (lambda answer: answer.envelope(answer.assertion()), 403, "This sign-in is not set up right"),
    "another audience": (
        lambda answer: replace(answer, audience=f"{ORIGIN}/sso/saml/metadata/southgate/unify").signed(),
        403,
        "This sign-in is not set up right",
    ),
    "a wrong clock": (lambda answer: replace(answer, now=answer.now - 900).signed(), 403, "The clocks do not agree"),
    "declined": (
        lambda answer: replace(answer, status="urn:oasis:names:tc:SAML:2.0:status:Responder").signed(),
        403,
        "You are not signed in",
    ),
    "no lasting name": (
        lambda answer: replace(answer, name_format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient").signed(),
        403,
        "This sign-in is not set up right",
    ),
    "another school's scope": (
        lambda answer: replace(answer, attributes={**answer.attributes, AFFILIATION: ["student@southgate.example"]}).signed(),
        403,
        "This is not an account of your school",
    ),
    "no XML": (lambda _: "no", 422, "The other side has a problem"),
    "another attempt": (
        lambda answer: replace(answer, answers="_northbridge." + "0" * 32).signed(),
        410,
        "This sign-in did not begin here",
    ),
}


@pytest.mark.parametrize(("made", "status", "title"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_ends_on_a_page_that_says_what_to_do(
    world: SamlWorld, made: Callable[[Answer], str], status: int, title: str
) -> None:
    world.add("ann")
    browser = world.browser()
    answer = browser.brings(made(world.asks(browser)))
    assert (answer.status_code, heading(answer)) == (status, title)
    assert SESSION not in browser.jar


class TestOtherSchools:
    def test_a_provider_of_another_school_opens_nobody_here(self, world: SamlWorld) -> None:
        world.add("ann")
        world.school("southgate", unify(issuer="https://southgate.test", certificates=(keys("southgate").text,)))
        browser = world.browser()
        answer = replace(world.asks(browser), issuer="https://southgate.test")
        assert browser.brings(answer.signed(keys("southgate"))).status_code == 403

    def test_an_answer_made_for_another_school_at_the_same_provider(self, world: SamlWorld) -> None:
        """RM Unify is one provider for many schools: its certificate is theirs, too."""
        world.add("ann")
        world.school("southgate", unify())
        there, here = world.browser(), world.browser()
        theirs = world.asks(there, "/schools/southgate/sso/unify")
        ours = world.asks(here)
        assert here.brings(replace(theirs, answers=ours.answers).signed()).status_code == 403
        assert here.brings(theirs.signed()).status_code == 410

    def test_a_connection_that_is_switched_off_or_changed_meanwhile(self, world: SamlWorld) -> None:
        world.add("ann")
        browser = world.browser()
        document = world.asks(browser).signed()
        school = world.system.wiring("console").schools.get("northbridge")
        assert school is not None
        newer = unify(version=2)
        world.system.wiring("console").connections("northbridge").add(newer)
        sso = school.settings.sso.with_connections([newer.public])
        world.system.wiring("operate").schools.change(replace(school, settings=replace(school.settings, sso=sso)))
        assert heading(browser.brings(document)) == "Your school has just changed this sign-in"


class TestStartedAtTheProvider:
    """RM Unify's launch pad sends an answer that nobody has asked for."""

    def test_begins_our_own_sign_in(self, world: SamlWorld) -> None:
        audience = f"{ORIGIN}/sso/saml/metadata/northbridge/unify"
        answer = world.browser().brings(Answer(answers="", audience=audience).signed())
        assert (answer.status_code, answer.headers["Location"]) == (303, START)

    @pytest.mark.parametrize(
        "audience",
        ["https://elsewhere.test", f"{ORIGIN}/sso/saml/metadata/nowhere/unify", f"{ORIGIN}/sso/saml/metadata/northbridge/x"],
    )
    def test_of_nobody_that_we_know_leads_nowhere(self, world: SamlWorld, audience: str) -> None:
        answer = world.browser().brings(Answer(answers="", audience=audience).signed())
        assert (answer.status_code, heading(answer)) == (410, "This sign-in did not begin here")


class TestMetadata:
    def test_ours_is_what_a_provider_needs(self, world: SamlWorld) -> None:
        answer = world.http["saml"].get("/sso/saml/metadata/northbridge/unify")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/samlmetadata+xml")
        assert answer.body.decode() == own_metadata(ORIGIN, "northbridge", "unify")

    @pytest.mark.parametrize("name", ["rm-unify", "saml"])
    def test_a_provider_gets_it_before_the_connection_is_there(self, world: SamlWorld, name: str) -> None:
        """Its admin installs the app first, and says then where its own metadata is."""
        answer = world.http["saml"].get(f"/sso/saml/metadata/northbridge/{name}")
        assert (answer.status_code, answer.body.decode()) == (200, own_metadata(ORIGIN, "northbridge", name))

    @pytest.mark.parametrize("path", ["northbridge/other", "northbridge/entra", "nowhere/unify", "nowhere/saml"])
    def test_of_a_connection_that_is_not_there(self, world: SamlWorld, path: str) -> None:
        assert world.http["saml"].get(f"/sso/saml/metadata/{path}").status_code == 404

    def test_a_new_certificate_is_found_when_the_first_answer_is_signed_with_it(self, world: SamlWorld) -> None:
        world.add("ann")
        world.published[UNIFY.metadata_url] = metadata(certificates=[keys("next").text])
        assert world.comes_in(world.browser(), keys("next")).status_code == 303
        assert kept(world) == (keys("next").text,)

    def test_answers_that_nobody_has_signed_have_it_read_every_five_minutes_at_most(self, world: SamlWorld) -> None:
        world.add("ann")
        for _ in range(3):
            world.comes_in(world.browser(), keys("attacker"))
        assert len(world.asked) == 1
        world.system.clock.now += 301
        world.comes_in(world.browser(), keys("attacker"))
        assert len(world.asked) == 2

    def test_where_it_cannot_be_read_the_old_certificate_stays(self, world: SamlWorld) -> None:
        ann = world.add("ann")
        world.published[UNIFY.metadata_url] = "slow"
        assert hour(world) == 1
        reading = world.system.wiring("saml").saml_readings("northbridge").get("unify")
        assert (reading.read_at, reading.failed) == (0, "unreachable")
        assert kept(world) == (keys().text,)
        browser = world.browser()
        world.comes_in(browser)
        assert person_of(world, browser) == ann.id

    def test_it_is_read_once_a_day(self, world: SamlWorld) -> None:
        world.published[UNIFY.metadata_url] = metadata(certificates=[keys("next").text, keys().text])
        assert [hour(world), hour(world)] == [1, 0]
        assert set(kept(world)) == {keys("next").text, keys().text}
        world.system.clock.now += 20 * 3_600
        assert hour(world) == 1

    def test_a_reading_that_failed_is_tried_again_within_the_hour(self, world: SamlWorld) -> None:
        world.published[UNIFY.metadata_url] = metadata("https://another.test")
        assert [hour(world), hour(world)] == [1, 0]
        world.system.clock.now += 3_600
        assert hour(world) == 1


def kept(world: SamlWorld) -> tuple[str, ...]:
    found = world.system.wiring("saml").connections("northbridge").newest("unify")
    assert found is not None
    return found.certificates


def hour(world: SamlWorld) -> int:
    """What the schedule does each hour."""
    done: int = handle({"kind": "metadata"}, Context(29))["read"]
    return done


class TestSelfCheck:
    def look(self, version: int = 1, connection: str = "unify") -> dict[str, tuple[str, str]]:
        asked = {"school": "northbridge", "connection": connection, "version": version}
        found = handle({"check": asked}, None)["findings"]
        return {each["check"]: (each["state"], each["why"]) for each in found}

    def test_a_good_connection(self, world: SamlWorld) -> None:
        found = self.look()
        assert found["metadata"] == found["issuer"] == found["certificates"] == ("ok", "")
        assert found["redirect_address"] == ("unknown", "not_tried")

    @pytest.mark.parametrize(
        ("published", "check", "finding"),
        [
            ("slow", "metadata", ("warn", "unreachable")),
            ("private", "metadata", ("warn", "forbidden_address")),
            ("large", "metadata", ("warn", "unusable")),
            ("<html/>", "metadata", ("stop", "other")),
            (metadata("https://another.test"), "metadata", ("stop", "other")),
            (metadata(about='validUntil="2020-01-01T00:00:00Z"'), "metadata", ("warn", "expired")),
            (metadata(certificates=[]), "certificates", ("warn", "missing")),
        ],
    )
    def test_what_is_wrong_with_the_metadata(
        self, world: SamlWorld, published: str, check: str, finding: tuple[str, str]
    ) -> None:
        world.published[UNIFY.metadata_url] = published
        assert self.look()[check] == finding

    def test_what_it_read_is_kept(self, world: SamlWorld) -> None:
        world.published[UNIFY.metadata_url] = metadata(certificates=[keys("next").text])
        self.look()
        assert kept(world) == (keys("next").text,)

    @pytest.mark.parametrize(("days", "finding"), [(-2_000, ("warn", "expired")), (400, ("ok", ""))])
    def test_when_the_certificate_ends(self, world: SamlWorld, days: int, finding: tuple[str, str]) -> None:
        world.published[UNIFY.metadata_url] = metadata(certificates=[keys(f"ends{days}", ends_in_days=days).text])
        assert self.look()["certificates"] == finding

    def test_a_certificate_that_ends_soon(self, world: SamlWorld) -> None:
        made = keys("soon", ends_in_days=100)
        world.published[UNIFY.metadata_url] = metadata(certificates=[made.text])
        world.system.clock.now = made.certificate.not_valid_after_utc.timestamp() - 86_400
        assert self.look()["certificates"] == ("warn", "ends_soon")

    def test_of_a_version_that_has_gone_nothing_is_said(self, world: SamlWorld) -> None:
        assert self.look(version=9) == self.look(connection="other") == {}

    def test_metadata_of_a_connection_that_is_being_made(self, world: SamlWorld) -> None:
        read = handle({"read_metadata": {"url": UNIFY.metadata_url}}, None)
        assert read == {
            "issuer": UNIFY.issuer,
            "sign_in_url": UNIFY.sign_in_url,
            "certificates": [keys().text],
            "scopes": ["northbridge.example"],
        }
        missing = {"wrong": "unreachable", "of": "metadata"}
        assert handle({"read_metadata": {"url": "https://nowhere.test/"}}, None) == missing

    @pytest.mark.parametrize(
        ("by", "pinned", "wrong"),
        [
            ("federation", keys("federation").text, ""),
            ("another", keys("federation").text, "refused"),
            ("", keys("federation").text, "unsigned"),
            ("federation", keys("weak", "rsa1024").text, "unusable"),
            ("federation", "MIIB", "unusable"),
            ("over", keys("over", ends_in_days=-2_000).text, "expired"),
        ],
    )
    def test_metadata_that_a_federation_has_to_sign(self, world: SamlWorld, by: str, pinned: str, wrong: str) -> None:
        signer = keys(by, ends_in_days=-2_000) if by == "over" else by and keys(by)
        world.published[UNIFY.metadata_url] = federated(signer)
        read = handle({"read_metadata": {"url": UNIFY.metadata_url, "signed_by": pinned}}, None)
        assert read.get("issuer") == (None if wrong else UNIFY.issuer)
        assert (read.get("wrong", ""), read.get("of", "")) == ((wrong, "federation") if wrong else ("", ""))


def federated(by: Any, **facts: Any) -> str:
    """Metadata as a federation's service gives it for one provider: signed by these keys, or by nobody."""
    inside = {"about": 'ID="_one"', "inside": PLACE if by else ""}
    document = metadata(**inside, **facts)
    return sign(document, by) if by else document


class TestFederationInTheSelfCheck:
    """Its certificate is pinned; what it signs comes and goes."""

    def look(self, world: SamlWorld, published: str, pinned: str) -> dict[str, tuple[str, str]]:
        world.system.wiring("console").connections("northbridge").add(unify(version=2, metadata_certificate=pinned))
        world.published[UNIFY.metadata_url] = published
        asked = {"school": "northbridge", "connection": "unify", "version": 2}
        return {each["check"]: (each["state"], each["why"]) for each in handle({"check": asked}, None)["findings"]}

    def test_it_is_named_where_it_is_good_and_where_none_is_asked_for_it_is_not(self, world: SamlWorld) -> None:
        found = self.look(world, federated(keys("federation")), keys("federation").text)
        assert (found["federation"], found["metadata"]) == (("ok", ""), ("ok", ""))
        assert "federation" not in self.look_without(world)

    def look_without(self, world: SamlWorld) -> set[str]:
        asked = {"school": "northbridge", "connection": "unify", "version": 1}
        return {each["check"] for each in handle({"check": asked}, None)["findings"]}

    @pytest.mark.parametrize(("by", "why"), [("another", "refused"), ("", "unsigned")])
    def test_what_it_has_not_signed_is_not_kept(self, world: SamlWorld, by: str, why: str) -> None:
        published = federated(by and keys(by), certificates=[keys("evil").text])
        assert self.look(world, published, keys("federation").text)["federation"] == ("warn", why)
        assert kept(world) == (keys().text,)

    @pytest.mark.parametrize(("days", "why"), [(-2_000, "expired"), (20, "ends_soon")])
    def test_a_date_that_is_over_warns_while_the_signature_holds(self, world: SamlWorld, days: int, why: str) -> None:
        pinned = keys(f"federation{days}", ends_in_days=days)
        if why == "ends_soon":
            world.system.clock.now = pinned.certificate.not_valid_after_utc.timestamp() - 86_400
        assert self.look(world, federated(pinned), pinned.text)["federation"] == ("warn", why)


class TestTry:
    """An admin's own try signs nobody in."""

    def begin(self, world: SamlWorld) -> None:
        trial = Trial(id="try1", connection="unify", version=1, by="admin1", at=int(world.system.clock()))
        world.system.wiring("console").sso_looks("northbridge").begin(trial)

    def findings(self, world: SamlWorld) -> dict[str, tuple[str, str]]:
        trial = world.system.wiring("console").sso_looks("northbridge").trial("unify")
        assert trial is not None
        return {each.check: (each.state, each.why) for each in trial.findings}

    @pytest.mark.parametrize(
        ("facts", "check", "finding"),
        [
            ({}, "account", ("ok", "")),
            ({"audience": "https://x.test"}, "redirect_address", ("stop", "not_registered")),
            ({"issuer": "https://x.test"}, "issuer", ("stop", "other")),
            ({"name_xml": ""}, "email_claim", ("stop", "missing")),
            ({"attributes": {}}, "email_claim", ("stop", "missing")),
        ],
    )
    def test_ends_with_what_it_has_shown(
        self, world: SamlWorld, facts: dict[str, Any], check: str, finding: tuple[str, str]
    ) -> None:
        world.add("ann")
        self.begin(world)
        browser = world.browser()
        answer = browser.brings(replace(world.asks(browser, f"{START}?try=try1"), **facts).signed())
        assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/northbridge/settings/sso/unify?tried=1")
        assert self.findings(world)[check] == finding
        assert SESSION not in browser.jar

    def test_another_key(self, world: SamlWorld) -> None:
        self.begin(world)
        browser = world.browser()
        browser.brings(world.asks(browser, f"{START}?try=try1").signed(keys("attacker")))
        assert self.findings(world)["certificates"] == ("stop", "unusable")
