"""Preflight as an admin sees it: a healthy stack, each fault planted by itself, and what cannot be looked at.

SES, SNS and DNS stand behind fakes that speak the services' own answers; the site is looked at by the operator's command.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

import operate.handler
from latchkey.people.model.person import CodeState, Person
from latchkey.preflight.look_again import EACH_SCHOOL
from latchkey.roll.read_roll import read_roll
from latchkey.rosters.model.runs import Run
from latchkey.sends.model.domains import DomainCounts
from latchkey.sends.model.send import Send
from latchkey.shared.model.ids import new_id
from latchkey.wiring import Wiring
from tests.support.console import HEAD_TEACHER, Console, make_person
from tests.support.dns import NameServer, healthy_zone, name_server
from tests.support.openapi import check
from tests.support.ses import StrictSes, healthy_configuration, healthy_destination, healthy_identity, refusal
from tests.support.sns import StrictSns
from tests.support.sqs import Context

PREFLIGHT = "/admin/northbridge/preflight"
DAY = 86_400
SECOND = replace(
    HEAD_TEACHER, id="bcdefghjkmnpqrstvwxy", given_name="Bo", email="bo@northbridge.example", second_factors=("totp",)
)


@dataclass
class Stack:
    """The product, healthy until somebody plants something."""

    console: Console
    ses: StrictSes
    sns: StrictSns
    dns: NameServer
    seconds: float = 20.0  # this machine may be busy

    @property
    def now(self) -> int:
        return self.wiring.now()

    @property
    def wiring(self) -> Wiring:
        return self.console.system.wiring("console")

    def look(self) -> dict[str, Any]:
        """The operator's look at the site, then one view of the page; the page and the answer say the same."""
        answer = operate.handler.handle({"command": "preflight"}, Context(300))
        assert answer["ok"], answer
        assert answer["next"] is None
        return self.view()

    def view(self) -> dict[str, Any]:
        found: dict[str, Any] = check("get", PREFLIGHT, self.console.get(PREFLIGHT))
        page = self.console.page(PREFLIGHT)
        assert page.status_code == 200
        assert page.body.decode().count('class="card"') == sum(each["state"] != "ok" for each in found["checks"])
        return found

    def settings(self, **changes: Any) -> None:
        school = self.wiring.schools.get("northbridge")
        assert school is not None
        with_them = replace(school, settings=replace(school.settings, **changes))
        self.console.system.wiring("operate").schools._table.put(_put(with_them))


def _put(school: Any) -> Any:
    from latchkey.schools.stores.schools import school_to_item
    from latchkey.shared.stores.dynamo import Put

    return Put(item=school_to_item(school))


@pytest.fixture(autouse=True)
def _offline() -> None:
    """These tests ask a name server of their own, at 127.0.0.1."""


@pytest.fixture
def stack(console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    ses, sns = StrictSes(clock=console.system.clock), StrictSns()
    named: dict[str, Any] = {"sesv2": ses, "sns": sns}
    with name_server(tmp_path, healthy_zone()) as dns:
        made = Stack(console, ses, sns, dns)
        wiring = console.system.wiring("operate")
        watched = console.system.watched("operate", named.__getitem__)
        wiring._clients |= {service: watched(service) for service in named}
        wiring.__dict__["dns"] = type("Asked", (), {"ask": lambda _, questions: dns.dns(made.seconds).ask(questions)})()
        monkeypatch.setattr(operate.handler, "system", lambda: wiring)
        console.add([SECOND, make_person(1, password_set_at=1, last_login_at=console.system.wiring("console").now() - 5)])
        _has_factor(console, HEAD_TEACHER)
        applied(made, made.now - DAY)
        yield made


def _has_factor(console: Console, person: Person) -> None:
    table = console.system.wiring("operate").table("DIRECTORY_TABLE")
    from latchkey.shared.stores.dynamo import Update

    table.update(Update(pk=f"northbridge#P#{person.id}", sk="PERSON", set={"second_factors": ["totp"]}))


def applied(stack: Stack, at: int) -> None:
    """A roster that was applied then."""
    from dataclasses import asdict

    from latchkey.shared.stores.dynamo import Put

    run = Run(
        id=new_id(at), state="finished", step="apply", filename="x.csv", key="k", created_at=at, created_by="a", finished_at=at
    )
    item = {name: value for name, value in asdict(run).items() if value is not None and name != "warnings"}
    item |= {"pk": "northbridge#ROSTERS", "sk": run.id, "warnings": []}
    stack.wiring.table("DIRECTORY_TABLE").put(Put(item=item))


def sent(stack: Stack, **facts: Any) -> None:
    made = Send(
        **{
            "id": new_id(stack.now),
            "kind": "password_link",
            "state": "queued",
            "origin": "admin",
            "created_at": stack.now,
            "created_by": HEAD_TEACHER.id,
            **facts,
        }
    )
    assert stack.wiring.sends("northbridge").make(made)


def waiting(stack: Stack, why: str) -> None:
    made = new_id(stack.now)
    sent(stack, id=made, state="running")
    stack.wiring.sends("northbridge").set_waiting(made, why, stack.now, origin="admin")


def silent_domain(stack: Stack) -> None:
    counted = {"pupils.northbridge.example": DomainCounts(sent=412, delivered=412)}
    stack.console.system.wiring("mail_feedback").mail_domains("northbridge").add([counted], stack.now - DAY)


def _no_rosters(stack: Stack) -> None:
    table = stack.wiring.table("DIRECTORY_TABLE")
    table.delete_many([(item["pk"], item["sk"]) for item in table.page("northbridge#ROSTERS").items])


def refused(stack: Stack, code: str) -> None:
    stack.ses.refusing, stack.ses.account_hidden = refusal(code), True
    stack.sns.refusing = refusal("AuthorizationError")


def identity(stack: Stack, **changes: Any) -> None:
    stack.ses.identities["latchkey.test"] = healthy_identity(**changes)


def zone(stack: Stack, name: str, kind: str, *records: str) -> None:
    if records:
        stack.dns.zone[name, kind] = [*records]
    else:
        stack.dns.zone.pop((name, kind), None)


SIGNED = healthy_identity()["DkimAttributes"]
ENVELOPE = healthy_identity()["MailFromAttributes"]
SPF = "mail.latchkey.test"
Plant = Callable[[Stack], None]
FAULTS: dict[str, tuple[Plant, str, str, str]] = {
    # what is planted: (how, the check, its state, what its text says)
    "sandbox": (lambda s: setattr(s.ses, "production", False), "mail_sandbox", "stop", "in its sandbox"),
    "paused": (lambda s: setattr(s.ses, "enabled", False), "mail_paused", "stop", "has paused"),
    "reviewed": (lambda s: setattr(s.ses, "enforcement", "PROBATION"), "mail_paused", "warn", "is reviewing"),
    "quota used up": (lambda s: setattr(s.ses, "used", 50_000.0), "mail_quota", "stop", "no more mails today"),
    "quota too small": (lambda s: setattr(s.ses, "quota", 2.0), "mail_quota", "warn", "waits until tomorrow"),
    "rate too low": (lambda s: setattr(s.ses, "rate", 0.0001), "mail_rate", "warn", "the last mail would go"),
    "no identity": (lambda s: s.ses.identities.clear(), "sender", "stop", "knows nothing of latchkey.test"),
    "not verified": (lambda s: identity(s, VerifiedForSendingStatus=False), "sender", "stop", "has not verified"),
    "no DKIM": (
        lambda s: identity(s, DkimAttributes=SIGNED | {"Status": "FAILED"}),
        "dkim",
        "stop",
        "not signed by latchkey.test",
    ),
    "DKIM off": (lambda s: identity(s, DkimAttributes=SIGNED | {"SigningEnabled": False}), "dkim", "stop", "switched off"),
    "DKIM gone from DNS": (
        lambda s: zone(s, "tok2._domainkey.latchkey.test", "CNAME"),
        "dkim_records",
        "warn",
        "1 of 3 DKIM records",
    ),
    "MAIL FROM": (
        lambda s: identity(s, MailFromAttributes=ENVELOPE | {"MailFromDomainStatus": "FAILED"}),
        "mail_from",
        "warn",
        "does not see the MX record of mail.latchkey.test",
    ),
    "no SPF": (lambda s: zone(s, SPF, "TXT"), "spf", "warn", "has no SPF record"),
    "SPF without SES": (lambda s: zone(s, SPF, "TXT", '"v=spf1 -all"'), "spf", "warn", "does not name the mail service"),
    "two SPF records": (
        lambda s: zone(s, SPF, "TXT", '"v=spf1 include:amazonses.com ~all"', '"v=spf1 a -all"'),
        "spf",
        "warn",
        "has 2 SPF records",
    ),
    "no DMARC": (lambda s: zone(s, "_dmarc.latchkey.test", "TXT"), "dmarc", "warn", "has no DMARC record"),
    "no events": (lambda s: s.ses.told.clear(), "mail_events", "stop", "does not tell Latchkey"),
    "events off": (lambda s: setattr(s.ses, "told", [healthy_destination(Enabled=False)]), "mail_events", "stop", "bounce"),
    "no configuration set": (lambda s: setattr(s.ses, "configuration_set", "other"), "mail_events", "stop", "is missing"),
    "bounces banned": (
        lambda s: setattr(
            s.ses, "configuration", healthy_configuration(SuppressionOptions={"SuppressedReasons": ["BOUNCE", "COMPLAINT"]})
        ),
        "suppression",
        "warn",
        "bans every address",
    ),
    "alarms nobody reads": (lambda s: setattr(s.sns, "confirmed", 0), "alarms", "warn", "nobody is to get them"),
    "alarms not confirmed": (
        lambda s: (setattr(s.sns, "confirmed", 0), setattr(s.sns, "pending", 1))[0],
        "alarms",
        "warn",
        "has not confirmed it",
    ),
    "no address": (
        lambda s: s.console.add([make_person(7, email=None, username="nobody")]),
        "addresses",
        "warn",
        "1 person has no e-mail address",
    ),
    "old roster": (lambda s: (_no_rosters(s), applied(s, s.now - 70 * DAY))[0], "roster", "warn", "70 days ago"),
    "no roster": (_no_rosters, "roster", "warn", "No roster has been applied"),
    "no second step": (
        lambda s: s.console.add([replace(SECOND, id="cdefghjkmnpqrstvwxyz", email="c@northbridge.example", second_factors=())]),
        "second_step",
        "warn",
        "One admin has no second step",
    ),
    "one admin": (lambda s: _leave(s, SECOND), "one_admin", "warn", "one admin only"),
    "notice": (lambda s: s.settings(notice="Closed today."), "notice", "warn", "nothing says when it ends"),
    "old notice": (
        lambda s: s.settings(notice="Closed.", notice_starts_at=_utc(s.now - 20 * DAY), notice_ends_at=_utc(s.now + DAY)),
        "notice",
        "warn",
        "up for 20 days",
    ),
    "needs approval": (lambda s: sent(s, approval="needed"), "messages_approval", "warn", "waiting for another admin"),
    "braked": (lambda s: sent(s, state="paused", reason="brake_filter"), "messages_braked", "stop", "too much mail came back"),
    "paused send": (lambda s: sent(s, state="paused"), "messages_paused", "warn", "paused by an admin"),
    "held back": (lambda s: waiting(s, "sandbox"), "messages_held_sandbox", "stop", "held back"),
    "codes that end": (
        lambda s: s.console.add([replace(make_person(8, email=None, pin=CodeState(1, s.now + DAY)), number=8)]),
        "ending",
        "warn",
        "The codes of 1 person end within a week",
    ),
    "a silent domain": (silent_domain, "mail_domains", "warn", "lets none of 412 in"),
}


def _utc(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def _leave(stack: Stack, person: Person) -> None:
    from latchkey.shared.stores.dynamo import Update

    gone = Update(pk=f"northbridge#P#{person.id}", sk="PERSON", set={"status": "left"})
    stack.wiring.table("DIRECTORY_TABLE").update(gone)


def named(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in found["checks"] if each["state"] != "ok"}


def test_a_healthy_stack_shows_nothing_red_and_nothing_to_look_at(stack: Stack) -> None:
    found = stack.look()
    assert named(found) == {}
    assert found["state"] == "ok"
    assert len(found["checks"]) >= 18
    assert "Nothing would stop you tonight." in stack.console.page(PREFLIGHT).body.decode()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named_within_one_view_with_its_fix(stack: Stack, fault: str) -> None:
    plant, name, state, text = FAULTS[fault]
    plant(stack)
    found = stack.look()
    assert name in named(found), named(found)
    one = named(found)[name]
    assert (one["state"], one["seen"]) == (state, True)
    assert text in one["text"]
    assert one["fix"]
    assert one["who"] in {"admin", "operator", "it"}
    assert {each for each in named(found) if each != name} <= FOLLOW.get(fault, set()), "nothing else is blamed"


FOLLOW = {
    "no identity": {"dkim", "dmarc", "spf", "alignment", "dkim_records"},
    "no DKIM": {"alignment"},
    "quota used up": {"mail_rate"},
    "quota too small": {"mail_rate"},
}


def test_a_fix_can_be_followed_by_the_person_it_names(stack: Stack) -> None:
    identity(stack, DkimAttributes=SIGNED | {"Status": "FAILED"})
    zone(stack, "_dmarc.latchkey.test", "TXT")
    found = named(stack.look())
    assert found["dkim"]["who"] == found["dmarc"]["who"] == "it"
    assert "tok1._domainkey.latchkey.test CNAME tok1.dkim.amazonses.com" in found["dkim"]["fix"]
    assert found["dmarc"]["fix"] == "Add a TXT record at _dmarc.latchkey.test: v=DMARC1; p=none;"


def test_a_name_for_examples_warns_because_it_can_never_sign(stack: Stack) -> None:
    identity(stack, DkimAttributes={"SigningEnabled": False, "Status": "NOT_STARTED", "Tokens": []})
    found = named(stack.look())
    assert found["dkim"]["state"] == "warn"
    assert "is a name for examples" in found["dkim"]["text"]


def test_a_strict_policy_that_our_mail_does_not_meet_stops(stack: Stack) -> None:
    identity(stack, DkimAttributes=SIGNED | {"Status": "PENDING"}, MailFromAttributes={})
    zone(stack, "_dmarc.latchkey.test", "TXT", '"v=DMARC1; p=reject"')
    one = named(stack.look())["alignment"]
    assert one["state"] == "stop"
    assert "refuse it" in one["text"]


@pytest.mark.parametrize("how", ["silent", "broken"])
def test_dns_that_does_not_answer_is_not_seen_and_never_ok(stack: Stack, how: str) -> None:
    setattr(stack.dns, how, True)
    stack.seconds = 0.3
    found = named(stack.look())
    for name in ("spf", "dmarc", "dkim_records", "alignment"):
        assert (found[name]["state"], found[name]["seen"]) == ("warn", False)
        assert "could not be looked at" in found[name]["text"]


def test_a_denied_call_is_not_seen_and_never_ok(stack: Stack) -> None:
    refused(stack, "AccessDeniedException")
    found = named(stack.look())
    assert {"mail_sandbox", "mail_paused", "mail_quota", "mail_rate", "sender", "dkim", "mail_events", "alarms"} <= set(found)
    assert all("not allowed to ask" in each["text"] for each in found.values())


def test_a_service_that_hangs_is_not_seen(stack: Stack) -> None:
    stack.ses.refusing, stack.ses.account_hidden = ReadTimeoutError(endpoint_url="https://email.example"), True
    found = named(stack.look())
    assert "there was no answer" in found["sender"]["text"]
    assert "alarms" not in found


def test_a_site_that_nobody_has_looked_at_is_not_seen(stack: Stack) -> None:
    found = named(stack.view())
    assert (found["site"]["seen"], found["mail_quota"]["seen"]) == (False, False)
    assert stack.view()["site_as_of"] is None


def test_a_look_that_is_old_says_nothing_of_tonight(stack: Stack) -> None:
    assert named(stack.look()) == {}
    stack.console.system.clock.now += 3_601
    stack.console.token = stack.console.sign_in(HEAD_TEACHER)
    assert "site" in named(stack.view())


def test_only_admins_and_no_strange_parameters(stack: Stack) -> None:
    assert stack.console.get(PREFLIGHT, x="1").status_code == 422
    assert stack.console.get("/admin/southgate/preflight").status_code == 404
    stack.console.token = None
    assert stack.console.get(PREFLIGHT).status_code == 404


def test_a_view_costs_few_calls_whatever_the_school(stack: Stack) -> None:
    stack.look()
    counted: list[str] = []
    watched = stack.console.system.judge.call

    def call(function: str, operation: str, request: Any) -> None:
        counted.append(operation)
        watched(function, operation, request)

    stack.console.system.judge.call = call  # type: ignore[method-assign]
    stack.console.get(PREFLIGHT)
    assert not [each for each in counted if each.split(".")[0] in {"sesv2", "sns"}], "nobody else is asked while somebody waits"
    view, counted[:] = len(counted), []
    read_roll(stack.wiring, "northbridge")
    assert view - len(counted) == 4, "session, person and school; what is kept, with the admins; rosters; messages"


def test_look_again_is_one_message_and_not_too_often(stack: Stack) -> None:
    stack.ses.production = False
    assert check("post", PREFLIGHT, stack.console.post(PREFLIGHT, {})) == {}
    (message,) = stack.console.system.messages("DAILY_QUEUE")
    assert json.loads(message) == {"v": 1, "kind": "site"}
    answer = stack.console.form(PREFLIGHT, {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PREFLIGHT}?asked=1")
    assert "are being looked at" in stack.console.page(PREFLIGHT, asked="1").body.decode()
    for _ in range(EACH_SCHOOL.limit):
        answer = stack.console.post(PREFLIGHT, {})
    assert answer.status_code == 429
    check("post", PREFLIGHT, answer)
