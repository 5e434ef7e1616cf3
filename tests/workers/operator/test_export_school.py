"""A school in files: each thing once, in pieces, and nothing that a password, a link or a code could be made of."""

import json
from dataclasses import replace
from typing import Any

import pytest

import operate.handler as door
from latchkey.audit.model.visitors import LENGTH, asking
from latchkey.login_details.model.request import ExportRequest, Scope
from latchkey.login_details.model.runs import Export
from latchkey.operator import export_school as exporting
from latchkey.people.model.person import CodeState, FormerEmail, MailProblem, Person
from latchkey.rosters.model.runs import Run
from latchkey.sends.model.domains import DomainCounts
from latchkey.sends.model.send import Send
from latchkey.sends.model.trust import Trust
from latchkey.sso.model.connection import Connection, SecretRef
from tests.support.mail_road import Context, MailRoad


@pytest.fixture
def operate(road: MailRoad) -> Any:
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("operate"))
    return lambda **event: json.loads(
        json.dumps(door.handle({"command": "export_school", "school": "northbridge", **event}, Context()))
    )


def files(road: MailRoad) -> dict[str, str]:
    """The exported files by name."""
    s3 = road.system.wiring("operate").client("s3")._client
    bucket = road.system.environment["EXPORTS_BUCKET"]
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket, Prefix="schools/northbridge/").get("Contents", [])]
    return {key.rpartition("/")[2]: s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys}


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_everything_is_in_it_once_and_no_secret(road: MailRoad, operate: Any) -> None:
    ann = road.person(
        1,
        number=7,
        version=3,
        used_link="a1" * 16,
        password_set_at=1_790_000_000,
        pin=CodeState(generation=2, expires_at=1_800_000_000, uses=1),
        former_email=FormerEmail("old@x.example", 1_790_000_000),
        mail_problem=MailProblem("bounced", 1_790_000_000, "f" * 32),
    )
    road.person(2, role="parent")
    send = road.start()
    road.plan()
    road.deliver()
    road.system.wiring("mail_feedback").mail_domains("northbridge").add(
        [{"x.example": DomainCounts(sent=2, used=1)}], 1_790_000_000
    )
    road.system.wiring("console").trusts("northbridge").make(
        Trust(id="0" * 26, domain="x.example", created_at=1_790_000_000, created_by=ann.id)
    )
    answer = operate()
    assert answer["next"] is None
    found = files(road)
    assert answer["counts"] == {
        "school": 1,
        "people": 2,
        "sends": 1,
        "recipients": 2,
        "events": len(lines(found["events-00001.jsonl"])),
        "mail_domains": 1,
        "trusts": 1,
    }
    counted = {"domain": "x.example", "sent": 2, "delivered": 0, "used": 1, "refused_by_us": 0, "refused_by_filter": 0, "dead": 0}
    assert lines(found["mail_domains-00001.jsonl"]) == [counted]
    assert [(each["domain"], each["state"]) for each in lines(found["trusts-00001.jsonl"])] == [("x.example", "queued")]
    people = {each["id"]: each for name, text in found.items() if name.startswith("people") for each in lines(text)}
    assert people[ann.id] == {
        "id": ann.id,
        "role": "student",
        "given_name": ann.given_name,
        "family_name": ann.family_name,
        "email": ann.email,
        "is_admin": False,
        "status": "active",
        "number": 7,
        "password_set_at": "2026-09-21T14:13:20Z",
        "former_email": {"email": "old@x.example", "at": "2026-09-21T14:13:20Z"},
        "pin": {"generation": 2, "ends": "2027-01-15T08:00:00Z", "uses": 1},
    } | ({"username": ann.username} if ann.username else {})
    recipients = lines(found["recipients-00001.jsonl"])
    assert {(each["to"], each["state"], *each["people"]) for each in recipients} >= {(ann.email, "sent", ann.id)}
    assert {each["send"] for each in recipients} == {send if isinstance(send, str) else send.id}
    everything = "".join(found.values())
    for secret in (ann.email_key, ann.used_link, ann.stamp, "set-password#", "argon2"):
        assert str(secret) not in everything


def test_the_readme_explains_every_kind_and_every_field(road: MailRoad, operate: Any) -> None:
    road.person(1, number=7, pin=CodeState(generation=2, expires_at=1_800_000_000))
    operate()
    found = files(road)
    readme = found.pop("README.txt")
    for name, text in found.items():
        assert f"\n{name.partition('-')[0]} " in readme
        if name.startswith(("people", "recipients")):
            assert [
                field for each in lines(text) for field in each if field.removesuffix("_name") not in readme + "given family"
            ] == []


def test_it_goes_on_where_an_earlier_call_stopped(road: MailRoad, operate: Any) -> None:
    road.person(1)
    following, calls, counts = operate()["next"], 0, {}
    once = files(road)
    slow = lambda cursor: json.loads(  # noqa: E731
        json.dumps(door.handle({"command": "export_school", "school": "northbridge", "next": cursor}, Context(OneStep())))
    )
    assert following is None
    answer = slow(None)
    while answer["next"] is not None:
        counts |= answer["counts"]
        calls += 1
        answer = slow(answer["next"])
    assert calls > 3
    assert counts["people"] == 1
    assert len(files(road)) == len(once)


class OneStep(float):
    """Seconds that are enough for one file, then for none."""

    def __init__(self) -> None:
        self.left = [120.0]

    def __mul__(self, factor: float) -> float:
        return (self.left.pop() if self.left else 0.0) * factor


@pytest.mark.parametrize("cursor", [7, "x", {}, {"run": "../x", "kind": 0, "part": 0}, {"run": "a" * 26, "kind": "0", "part": 0}])
def test_a_place_that_no_call_gave_is_refused(road: MailRoad, operate: Any, cursor: Any) -> None:
    assert "earlier call" in operate(next=cursor)["error"]
    assert files(road) == {}


def test_sign_ins_and_what_was_refused_are_among_the_events(road: MailRoad, operate: Any) -> None:
    portal = road.system.wiring("portal")
    now = portal.now()
    portal.audit("northbridge").record("a" * 20, "sign_in.done", now, {"role": "staff"})
    with asking("203.0.113.9"):
        portal.audit("northbridge").tally("portal", "sign_in.refused", now, {"people": "others"})
    operate()
    found = {each["action"]: each for each in lines(files(road)["events-00001.jsonl"])}
    assert found["sign_in.done"]["facts"] == {"role": "staff"}
    assert found["sign_in.refused"]["facts"] == {"people": "others", "tries": 1}
    assert len(found["sign_in.refused"]["visitor"]) == LENGTH


def test_it_is_in_the_activity(road: MailRoad, operate: Any) -> None:
    answer = operate()
    events, _ = road.system.wiring("console").audit("northbridge").page()
    assert [(each["action"], each["facts"]["export"]) for each in events] == [
        ("school.export", answer["folder"].rpartition("/")[2])
    ]


def test_a_school_with_a_roster_and_an_export_is_exported_with_them(road: MailRoad, operate: Any) -> None:
    """Every field that is named is there, of every kind."""
    console = road.system.wiring("console")
    audit, now = console.audit("northbridge"), int(road.system.clock())
    run = Run(id="0" * 26, state="finished", step="apply", filename="people.csv", key="k", created_at=now, created_by="x")
    console.rosters("northbridge").make(replace(run, counts={"new": 2}), audit.record_of("x", "roster.start", now))
    wanted = ExportRequest(scope=Scope("person", "0" * 20))
    console.exports("northbridge").make(Export(id="1" * 26, state="queued", created_at=now, created_by="x", wanted=wanted))
    answer = operate()
    assert (answer["ok"], answer["counts"]["rosters"], answer["counts"]["exports"]) == (True, 1, 1)
    (roster,) = lines(files(road)["rosters-00001.jsonl"])
    assert (roster["filename"], roster["counts"]) == ("people.csv", {"new": 2})


@pytest.mark.parametrize(
    ("names", "kind"), [("_PERSON", Person), ("_SEND", Send), ("_EXPORT", Export), ("_ROSTER", Run)], ids=str
)
def test_every_field_that_is_named_is_one(names: str, kind: Any) -> None:
    assert [name for name in getattr(exporting, names) if name not in kind.__dataclass_fields__ and not hasattr(kind, name)] == []


def test_providers_are_in_it_and_their_secrets_are_not(road: MailRoad, operate: Any) -> None:
    console = road.system.wiring("console")
    secret = SecretRef(name="latchkey/sso/northbridge/a", ends_at=1_800_000_000)
    console.connections("northbridge").add(
        Connection(name="google", kind="google", label="Google", roles=("student",), client_id="x", secret=secret)
    )
    console.client_secrets.put(secret.name, "never-in-a-file")
    assert operate()["ok"]
    found = files(road)
    (school,) = lines(found["school-00001.jsonl"])
    assert school["single_sign_on"] == [
        {
            "name": "google",
            "kind": "google",
            "label": "Google",
            "roles": ["student"],
            "client_id": "x",
            "match_on": "email",
            "match_claim": "email",
            "proves_second_factor": False,
            "version": 1,
            "secret_ends": "2027-01-15T08:00:00Z",
        }
    ]
    assert "never-in-a-file" not in "".join(found.values())
