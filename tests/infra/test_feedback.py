"""The local stack tells what becomes of mails as SES would, and the product understands it."""

import json
from typing import Any

import boto3
import pytest

from infra.inbox.feedback import Feedback, Ledger, events
from latchkey.mail.model.account import MailAccount
from latchkey.password_links.model import links
from latchkey.sends.model.feedback import read
from latchkey.sends.model.refusals import fault_of
from latchkey.sends.model.send import Chunk, Mail, Send
from tests.support.system import REGION, START, running_system

NOW = int(START)
TAGS = {"school": "northbridge", "send": "0" * 26, "chunk": "2"}
PERSON = "p" * 20


@pytest.mark.parametrize(
    ("to", "states"),
    [
        ("ann@x.example", ["sent", "delivered"]),
        ("success@simulator.amazonses.com", ["sent", "delivered"]),
        ("bounce+7@simulator.amazonses.com", ["sent", "bounced"]),
        ("suppressionlist@simulator.amazonses.com", ["sent", "bounced"]),
        ("filter+x@simulator.amazonses.com", ["sent", "bounced"]),
        ("unsigned@simulator.amazonses.com", ["sent", "bounced"]),
        ("filter+x@x.example", ["sent", "delivered"]),
        ("reject+x@simulator.amazonses.com", ["failed"]),
        ("rendering+x@simulator.amazonses.com", ["failed"]),
        ("reject@x.example", ["sent", "delivered"]),
        ("complaint+x@simulator.amazonses.com", ["sent", "delivered", "complained"]),
    ],
)
def test_the_simulators_addresses_have_their_outcome(to: str, states: list[str]) -> None:
    told = [each for body in events("m@email.amazonses.com", to, TAGS, NOW) for each in read(body)]
    assert [each.fact.state for each in told] == states
    assert {(each.school, each.send, each.chunk, each.address) for each in told} == {("northbridge", "0" * 26, 2, to)}


@pytest.mark.parametrize(
    ("outcome", "earlier", "fault"),
    [
        ("bounce", 0, "dead_address"),
        ("suppressionlist", 0, "dead_address"),
        ("filter", 0, "school_filter"),
        ("filter", 1, "school_filter"),
        ("mended", 0, "school_filter"),
        ("mended", 1, None),
        ("unsigned", 0, "our_fault"),
    ],
)
def test_a_filter_can_be_played_and_mended(outcome: str, earlier: int, fault: str | None) -> None:
    bodies = events("m@email.amazonses.com", f"{outcome}+1@simulator.amazonses.com", TAGS, NOW, earlier=earlier)
    last = [each.fact for body in bodies for each in read(body)][-1]
    assert (last.state, fault_of(last.reason)) == ("bounced" if fault else "delivered", fault)


class Post:
    """Hands out one mail with a link, and one without."""

    def __init__(self, link: str) -> None:
        self.messages: list[dict[str, Any]] = [
            {"MessageId": "1@m", "To": ["ann@x.example"], "BodyText": f"Go to {link}\n", "Timestamp": float(NOW)},
            {"MessageId": "2@m", "To": ["ann@x.example"], "BodyText": "Your password was changed.", "Timestamp": float(NOW)},
        ]

    def count(self) -> int:
        return len(self.messages)

    def fetch(self) -> list[dict[str, Any]]:
        return self.messages


def test_a_mail_is_found_in_the_ledger_by_its_link_and_told_once() -> None:
    account = MailAccount(person=PERSON, name="A", role="student", login="a", version=1, stamp="abc123")
    link = links.token(links.Link("reset", "northbridge", PERSON, NOW + 99, 1, "abc123"), b"k" * 32)
    with running_system(moto=True) as system:
        console = system.wiring("console")
        send = Send(id="0" * 26, kind="password_link", state="running", origin="admin", created_at=NOW, created_by="a" * 20)
        console.sends("northbridge").make(send)
        mail = Mail(to="ann@x.example", accounts=(account,), at=NOW)
        console.ledger("northbridge").write_chunks(
            Chunk(send=send.id, number=number, origin="admin", mail="reset", expires_at=NOW + 98 + number % 2, mails=(mail,))
            for number in (1, 2)
        )
        told: list[str] = []
        feedback = Feedback(
            Post(f"https://x.example/set-password#{link}"),
            Ledger(boto3.client("dynamodb", region_name=REGION), system.environment["ACTIVITY_TABLE"]),
            told.extend,
        )
        feedback.step()
        feedback.step()
    assert [json.loads(body)["detail"]["eventType"] for body in told] == ["Send", "Delivery"]
    assert {(each.send, each.chunk) for body in told for each in read(body)} == {(send.id, 1)}
