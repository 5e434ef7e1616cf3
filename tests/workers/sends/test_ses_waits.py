"""Everything for which SES takes no mail, as a table: the send waits, says why in one sentence, and goes on by itself."""

from collections.abc import Callable
from typing import Any

import pytest

from latchkey.sends.model import in_words
from latchkey.sends.model.send import WAITS, Send
from tests.support.bad_days import World
from tests.support.ses import refusal
from tests.workers.test_bad_days import NORTHBRIDGE, PEOPLE, made_world, send

NOT_VERIFIED = "Email address is not verified. The following identities failed the check: no-reply@latchkey.test"
SHUT_DOWN = {"SendingEnabled": True, "EnforcementStatus": "SHUTDOWN", "SendQuota": {"Max24HourSend": -1.0, "MaxSendRate": 1000.0}}
CASES: list[tuple[str, dict[str, Any], str]] = [
    ("sending was disabled", {"enabled": False}, "paused"),
    ("the account is shut down", {"get_account": lambda: SHUT_DOWN}, "paused"),
    ("a call says so", {"refusing": refusal("SendingPausedException")}, "paused"),
    ("the account is suspended", {"refusing": refusal("AccountSuspendedException")}, "paused"),
    ("the account is in the sandbox", {"production": False}, "sandbox"),
    ("the quota is used up", {"used": 50_000.0}, "quota"),
    ("a call says so of the day", {"refusing": refusal("LimitExceededException", "Daily message quota exceeded.")}, "quota"),
    ("the role does not allow it", {"refusing": refusal("AccessDeniedException")}, "sender"),
    ("the configuration set is gone", {"configuration_set": "another"}, "sender"),
    ("the domain of MAIL FROM is not verified", {"refusing": refusal("MailFromDomainNotVerifiedException")}, "sender"),
    ("the identity is not verified", {"refusing": refusal("MessageRejected", NOT_VERIFIED)}, "sender"),
    ("too many calls a second", {"refusing": refusal("TooManyRequestsException", "Maximum sending rate exceeded.")}, "throttled"),
]
STATUSES = {
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": "quota",
    "ACCOUNT_SENDING_PAUSED": "paused",
    "ACCOUNT_SUSPENDED": "paused",
    "CONFIGURATION_SET_SENDING_PAUSED": "paused",
    "MAIL_FROM_DOMAIN_NOT_VERIFIED": "sender",
    "CONFIGURATION_SET_NOT_FOUND": "sender",
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return made_world(monkeypatch)


def the_send(world: World) -> Send:
    (found,) = world.wiring("console").sends(NORTHBRIDGE.slug).all()
    return found


def holds(world: World, reason: str, mend: Callable[[], object]) -> None:
    """The send waits for this reason for an hour, with all of its mails; an hour after it was mended it is finished."""
    done = send(world)
    world.run(hours=1)
    found = the_send(world)
    assert (found.state, found.waiting, found.counts["planned"], world.sqs.dead) == ("running", reason, PEOPLE, [])
    assert found.waiting_since is not None
    sentence = in_words.why_it_waits(found)
    assert sentence == WAITS[reason]
    assert "goes on by itself" in sentence
    mend()
    world.run(hours=1)
    assert done(world) > 0
    assert len(world.ses.mails) == PEOPLE, "nobody has two mails"
    assert the_send(world).waiting is None


@pytest.mark.parametrize(("facts", "reason"), [(facts, reason) for _, facts, reason in CASES], ids=[name for name, *_ in CASES])
def test_an_account_that_takes_no_mail(facts: dict[str, Any], reason: str, world: World) -> None:
    before = {name: getattr(world.ses, name) for name in facts}
    for name, value in facts.items():
        setattr(world.ses, name, value)

    def mend() -> None:
        for name, value in before.items():
            setattr(world.ses, name, value)

    holds(world, reason, mend)


@pytest.mark.parametrize("status", STATUSES)
def test_what_ses_says_of_each_mail(status: str, world: World) -> None:
    refused = {f"s{number}@pupils.northbridge.example": [status] * 1_000 for number in range(1, PEOPLE + 1)}
    world.ses.statuses = refused
    holds(world, STATUSES[status], refused.clear)


def test_every_reason_is_in_the_table() -> None:
    assert {reason for *_, reason in CASES} == set(WAITS)
