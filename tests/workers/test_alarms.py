"""Each alarm of the template is made to ring: ours by what the code itself writes into its log, AWS's by AWS's own metrics."""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

import console.system
import daily.handler as daily
import federate.system
import keep_roll.handler as keep_roll
import operate.handler as operate
import plan_send.handler as plan_send
import portal.system
import saml.system
from console.app import app as console_app
from federate.app import app as federate_app
from latchkey.codes import check_code
from latchkey.codes.model import codes
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY
from latchkey.shared.model.ids import person_id
from latchkey.sign_in import budgets
from measure.metrics import kind_of
from portal.app import app as portal_app
from saml.app import app as saml_app
from tests.support import sam, sqs
from tests.support.alarms import MINUTE, STACK, Metric, Metrics, metric_of
from tests.support.bad_days import READERS, World, throttled
from tests.support.gateway import Gateway
from tests.support.ses import refusal
from tests.workers.test_bad_days import NORTHBRIDGE, Done, forgot, made_world, send

ALARMS = sam.resources("AWS::CloudWatch::Alarm")
OURS = {name for name, alarm in ALARMS.items() if metric_of(alarm)[0] == STACK}
SLUG = NORTHBRIDGE.slug


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return made_world(monkeypatch)


class Log:
    """What functions write into their logs, and what CloudWatch makes of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self.metrics = Metrics()
        self.text = ""
        monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", STACK)

    def of(self, function: str, at: float, work: Callable[[], object]) -> None:
        """Let a function work."""
        self._monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", function)
        self._capsys.readouterr()
        try:
            work()
        finally:
            said = self._capsys.readouterr().out
            self.text += said
            self.metrics.read(said, at)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Log]:
    found = Log(monkeypatch, capsys)
    yield found
    for line in found.text.splitlines():  # whatever was measured: by function and reason, and nobody's
        said = json.loads(line) if line.startswith("{") else {}
        for group in said.get("_aws", {}).get("CloudWatchMetrics", ()):
            assert {name for names in group["Dimensions"] for name in names} <= {"service", "reason"}
            assert SLUG not in line
            assert "example" not in line


def handle(world: World, function: str, monkeypatch: pytest.MonkeyPatch, *bodies: Any, age: float = 0) -> None:
    """Hand messages to a worker, put so many seconds ago."""
    container, door = world.wiring(function), f"{function}.handler"  # type: ignore[arg-type]
    monkeypatch.setattr(f"{door}.system", lambda: container)
    monkeypatch.setattr("worker.consume.time.time", lambda: world.now)
    queue = {"mail_feedback": "feedback_queue"} | {reader: queue for queue, reader in READERS.items()}
    event = sqs.event_of(bodies, queue[function], sent=world.now - age)
    for record in event["Records"]:
        world.sqs.send_message(QueueUrl=queue[function], MessageBody=record["body"])
        world.sqs.letters[-1].visible_at = world.now + 60
        record["receiptHandle"] = str(len(world.sqs.letters) - 1)
    import_module(door).handle(event, sqs.Context(60))


def broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError("a fault of ours")


# Failed


@pytest.mark.parametrize("function", ["plan_send", "deliver_links", "read_roster", "build_export", "daily"])
def test_work_that_fails(function: str, world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.of(function, 0, lambda: handle(world, function, monkeypatch, {"v": 2}))
    (name,) = (name for name in ALARMS if name.lower() == f"{function.replace('_', '')}failed")
    assert log.metrics.ringing(0) == {name}
    assert log.metrics.ringing(6 * MINUTE) == set()
    assert (STACK, "Failed", frozenset({("service", function), ("reason", "Poison")})) in log.metrics.values


def test_a_batch_of_events_that_fails(world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mail_feedback.handler.record_events", broken)
    log.of("mail_feedback", 0, lambda: handle(world, "mail_feedback", monkeypatch, "{}"))
    assert log.metrics.ringing(0) == {"MailFeedbackFailed"}


def test_a_change_that_the_roll_cannot_take(world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """One record that cannot be read holds up no other, but somebody should know of it."""
    system = world.wiring("keep_roll")
    monkeypatch.setattr(keep_roll, "system", lambda: system)
    keys = {"pk": {"S": f"{SLUG}#P#{'a' * 20}"}, "sk": {"S": "PERSON"}}
    log.of("keep_roll", 0, lambda: keep_roll.handle({"Records": [{"dynamodb": {"Keys": keys}}]}, None))
    assert log.metrics.ringing(0) == set()
    broken = {"dynamodb": {"Keys": keys, "NewImage": {"id": {"S": "x"}}}}
    log.of("keep_roll", 0, lambda: keep_roll.handle({"Records": [broken]}, None))
    assert log.metrics.ringing(0) == {"KeepRollFailed"}


@pytest.mark.parametrize("function", ["portal", "console", "federate", "saml"])
def test_a_page_that_fails(function: str, world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    app, module, name, path = {
        "portal": (portal_app, portal.system, "portal.of_school.the_school", f"/schools/{SLUG}"),
        "console": (console_app, console.system, "console.readiness.admin", f"/admin/{SLUG}"),
        "federate": (federate_app, federate.system, "federate.start.the_school", f"/schools/{SLUG}/sso/google"),
        "saml": (saml_app, saml.system, "saml.metadata.the_school", f"/sso/saml/metadata/{SLUG}/google"),
    }[function]
    container = world.wiring(function)  # type: ignore[arg-type]
    monkeypatch.setattr(module, "wiring", lambda _: container)
    monkeypatch.setattr(name, broken)
    log.of(function, 0, lambda: Gateway(app).get(path))
    assert log.metrics.ringing(0) == {f"{function.title()}Failed"}


def test_a_command_that_fails(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(operate.COMMANDS, "make_school", broken)
    with pytest.raises(RuntimeError):
        log.of("operate", 0, lambda: operate.handle({"command": "make_school"}, None))
    assert log.metrics.ringing(0) == {"OperateFailed"}


def test_a_key_that_is_about_to_be_deleted_says_so_in_what_fails(world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """KMS refuses it at once: long before it is gone there are alarms, and the reason is KMS's own word."""
    done = send(world)
    world.run()
    done(world)
    error = throttled("kms")
    error.response["Error"]["Code"] = "KMSInvalidStateException"  # type: ignore[attr-defined]
    send(world)
    world.fail("kms", 1, 60, error)
    monkeypatch.setattr("worker.consume.time.time", lambda: world.now)
    log.of("deliver_links", 0, lambda: world.run(hours=0.01))
    assert "DeliverLinksFailed" in log.metrics.ringing(0)
    assert any(("reason", "KMSInvalidStateException") in dimensions for _, _, dimensions in log.metrics.values)
    assert kind_of(error) == "KMSInvalidStateException"


# Waits


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"refusing": True}, "MailSender"),
        ({"enabled": False}, "MailPaused"),
        ({"production": False}, "MailSandbox"),
        ({"quota": 0.0}, "MailQuota"),
    ],
)
def test_mail_that_waits(facts: dict[str, Any], name: str, world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    for fact, value in facts.items():
        setattr(world.ses, fact, refusal("AccessDeniedException") if fact == "refusing" else value)
    monkeypatch.setattr("worker.consume.time.time", lambda: world.now)
    send(world)
    for turn in range(4):  # each looks again after a quarter of an hour
        begun = turn * 15 * MINUTE
        log.of("deliver_links", begun, lambda: world.run(hours=0.01))
        assert log.metrics.ringing(begun) == log.metrics.ringing(begun + 14 * MINUTE) == {name}
        world.now += 15 * MINUTE
    assert log.metrics.ringing(4 * 15 * MINUTE + 20 * MINUTE) == set()


@pytest.mark.parametrize("work", [send, forgot])
def test_no_alarm_rings_while_everything_goes_well(
    work: Callable[[World], Done], world: World, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("worker.consume.time.time", lambda: world.now)
    done = work(world)
    log.of("deliver_links", 0, world.run)
    assert done(world) > 0
    assert log.metrics.ringing(0) == set()
    sent = frozenset({("service", "deliver_links"), ("reason", "sent")})
    assert sum(value for _, value in log.metrics.values[STACK, "Mails", sent]) == len(world.ses.mails)


# Age, schedule, quota, codes


@pytest.mark.parametrize("name", sorted(name for name in OURS if name.endswith("Old")))
def test_work_that_is_old(name: str, world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is tried again and again is old in the worker's hands, when SQS's own metric passes over it."""
    (function,) = (value for key, value in metric_of(ALARMS[name])[2] if key == "service")
    limit = float(ALARMS[name]["Threshold"])
    log.of(function, 0, lambda: handle(world, function, monkeypatch, {"v": 1}, age=limit - 10))
    assert name not in log.metrics.ringing(0)
    log.of(function, 0, lambda: handle(world, function, monkeypatch, {"v": 1}, age=limit + 10))
    assert name in log.metrics.ringing(0)


def test_a_schedule_that_stands_still(world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_send, "system", lambda: world.wiring("plan_send"))
    for minute in range(30):
        log.of("plan_send", minute * MINUTE + 1, lambda: plan_send.handle({"kind": "due"}, None))
    assert not log.metrics.rings("ScheduleStopped", 30 * MINUTE)
    assert not log.metrics.rings("ScheduleStopped", 34 * MINUTE)
    assert log.metrics.rings("ScheduleStopped", 41 * MINUTE)
    world.fail("dynamodb", 1, 60)
    log.of(
        "plan_send", 41 * MINUTE, lambda: plan_send.handle({"kind": "due"}, None)
    )  # a table that is busy is no broken schedule
    assert not log.metrics.rings("ScheduleStopped", 41 * MINUTE)
    assert "PlanSendFailed" not in log.metrics.ringing(41 * MINUTE)


def test_a_morning_that_did_not_come(world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daily, "system", lambda: world.wiring("daily"))
    for day in range(2):
        log.of("daily", day * DAY + MINUTE, lambda: daily.handle({"kind": "day"}, None))
    assert not log.metrics.rings("DayMissed", DAY + 24 * 60 * MINUTE)
    assert log.metrics.rings("DayMissed", DAY + 37 * 60 * MINUTE)
    log.of("daily", 3 * DAY, lambda: daily.handle({"kind": "day"}, None))
    assert not log.metrics.rings("DayMissed", 3 * DAY)


def test_a_look_that_finds_what_stops_every_schools_mail(world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    container = world.wiring("daily")
    container.__dict__["dns"] = type("Silent", (), {"ask": lambda _, questions: dict.fromkeys(questions)})()
    monkeypatch.setattr(daily, "system", lambda: container)
    world.ses.production = False
    for minute in range(0, 20, 5):
        log.of("daily", minute * MINUTE, lambda: daily.handle({"kind": "site"}, None))
    assert not log.metrics.rings("PreflightStops", 1)
    assert log.metrics.rings("PreflightStops", 16 * MINUTE)
    world.ses.production, world.ses.identities = True, {"": {"VerifiedForSendingStatus": True}}
    for minute in range(30, 50, 5):
        log.of("daily", minute * MINUTE, lambda: daily.handle({"kind": "site"}, None))
    assert not log.metrics.rings("PreflightStops", 46 * MINUTE), "what could not be looked at rings nobody out of bed"


def test_a_quota_that_is_nearly_used(world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("worker.consume.time.time", lambda: world.now)
    world.ses.quota, world.ses.used = 1_000, 600
    send(world)
    log.of("deliver_links", 0, world.run)
    assert not log.metrics.rings("QuotaNearlyUsed", 0)
    send(world)
    log.of("deliver_links", 600, world.run)
    assert log.metrics.rings("QuotaNearlyUsed", 600)


def test_codes_that_are_guessed(world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    system = world.wiring("portal")
    monkeypatch.setattr(portal.system, "wiring", lambda _: system)
    monkeypatch.setattr(check_code, "ALARM_AT", (3,))
    live = CodeState(1, int(world.now) + DAY)
    cat = Person(id=person_id(SLUG, "cat"), role="student", given_name="Cat", family_name="Fox", number=500, pin=live)
    world.wiring("read_roster").directory(SLUG).put_new([cat])
    for generation in range(10, 13):
        assert not log.metrics.rings("CodesGuessed", 0)
        guess = json.dumps({"code": codes.code("pin", 500, generation, b"no key of ours" * 3)}).encode()
        headers = {"Content-Type": "application/json"}
        log.of("portal", 0, lambda: Gateway(portal_app).post(f"/schools/{SLUG}/codes/check", headers=headers, body=guess))  # noqa: B023
    assert log.metrics.ringing(0) == {"CodesGuessed"}


def test_passwords_that_are_guessed(world: World, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """One password for every username of a school, from anywhere; and one account, a little every day."""
    system = world.wiring("portal")
    monkeypatch.setattr(portal.system, "wiring", lambda _: system)
    monkeypatch.setattr(budgets, "ALARM_AT", (3,))

    def guess(name: str) -> None:
        body = json.dumps({"identifier": name, "password": "Summer2026!"}).encode()
        headers = {"Content-Type": "application/json"}
        log.of("portal", 0, lambda: Gateway(portal_app).post(f"/schools/{SLUG}/sessions", headers=headers, body=body))

    for name in ("ann", "ben", "cat"):
        assert not log.metrics.rings("SignInsGuessed", 0)
        guess(name)
    assert log.metrics.ringing(0) == {"SignInsGuessed"}
    log.metrics = Metrics()
    monkeypatch.setattr("latchkey.sign_in.sign_in.IN_A_ROW", 2)
    guess("dan")
    assert log.metrics.ringing(0) == set()
    guess("dan")
    assert log.metrics.ringing(0) == {"SignInsGuessed"}


# What AWS measures

AWS: dict[str, tuple[str, str, set[str], float, float]] = {
    # alarm: namespace, metric, names of dimensions, a value that is well, one that is not
    "Errors": ("AWS/Lambda", "Errors", {"FunctionName"}, 0, 1),
    "Throttles": ("AWS/Lambda", "Throttles", {"FunctionName"}, 0, 1),
    "DeadLettersDepth": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName"}, 0, 1),
    "OldestMessage": ("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName"}, 200, 22_000),
    "ReadsThrottled": ("AWS/DynamoDB", "ReadThrottleEvents", {"TableName"}, 50, 51),
    "WritesThrottled": ("AWS/DynamoDB", "WriteThrottleEvents", {"TableName"}, 50, 51),
    "KeepRollLate": ("AWS/Lambda", "IteratorAge", {"FunctionName"}, 300_000, 300_001),
    "Lost": ("AWS/Events", "FailedInvocations", {"RuleName"}, 0, 1),
    "DeliveriesHeld": ("AWS/Firehose", "DeliveryToS3.DataFreshness", {"DeliveryStreamName"}, 900, 901),
    "ApiErrors": ("AWS/ApiGateway", "5XXError", {"ApiName", "Stage"}, 0, 1),
    "BounceRate": ("AWS/SES", "Reputation.BounceRate", set(), 0.049, 0.05),
    "ComplaintRate": ("AWS/SES", "Reputation.ComplaintRate", set(), 0.0009, 0.001),
}
KINDS = {name: kind for name in ALARMS for kind in AWS if name.endswith(kind)}


@pytest.mark.parametrize("name", sorted(set(ALARMS) - OURS))
def test_what_aws_measures(name: str) -> None:
    namespace, metric, dimensions, well, not_well = AWS[KINDS[name]]
    alarm = ALARMS[name]
    watched: Metric = metric_of(alarm)
    assert (watched[0], watched[1], {key for key, _ in watched[2]}) == (namespace, metric, dimensions)
    span = alarm["EvaluationPeriods"] * alarm["Period"]
    for value, rings in ((well, False), (not_well, True)):
        metrics = Metrics()
        for at in range(0, span, MINUTE):  # AWS measures each minute; a sum is that of a period
            share = value if alarm["Statistic"] != "Sum" or at % alarm["Period"] == 0 else 0
            metrics.put(watched, at + 1, share)
        assert metrics.ringing(span) == ({name} if rings else set())
    assert Metrics().ringing(span) == set(), "silence is well"


def test_every_alarm_was_made_to_ring() -> None:
    """Those of ours above, by name; the others by the list of AWS's."""
    tried = {f"{each}Failed" for each in ("PlanSend", "DeliverLinks", "ReadRoster", "BuildExport", "MailFeedback", "Daily")}
    tried |= {
        "PortalFailed",
        "ConsoleFailed",
        "OperateFailed",
        "FederateFailed",
        "SamlFailed",
        "ScheduleStopped",
        "DayMissed",
        "KeepRollFailed",
        "PreflightStops",
        "QuotaNearlyUsed",
        "CodesGuessed",
        "SignInsGuessed",
    }
    tried |= {"MailSender", "MailPaused", "MailSandbox", "MailQuota"} | {name for name in OURS if name.endswith("Old")}
    assert tried == OURS
    assert set(KINDS) == set(ALARMS) - OURS
