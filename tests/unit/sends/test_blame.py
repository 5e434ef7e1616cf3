"""Whose fault a brake is, and the text for whoever can mend it."""

import pytest

from latchkey.sends.model.blame import Sender, blamed, braked_for, for_it, sender_of
from latchkey.sends.model.brake import BRAKES, Brake
from latchkey.sends.model.send import Refused, Send

SENDER = Sender("no-reply@mail.school.example", "school.example", "bounce.school.example")

NOBODY = Refused()


def send(now: Refused, before: Refused = NOBODY) -> Send:
    return Send(
        id="s",
        kind="password_link",
        state="running",
        origin="admin",
        created_at=0,
        created_by="a",
        refused=now,
        refused_before=before,
    )


@pytest.mark.parametrize(
    ("now", "before", "fault", "reason"),
    [
        (Refused(), Refused(), "dead_address", "brake_bounces"),
        (Refused(dead=2, filter=1), Refused(), "dead_address", "brake_bounces"),
        (Refused(dead=1, filter=1), Refused(), "dead_address", "brake_bounces"),
        (Refused(dead=1, filter=2), Refused(), "school_filter", "brake_filter"),
        (Refused(dead=1, filter=2, ours=3), Refused(), "our_fault", "brake_ours"),
        (Refused(dead=4, filter=20), Refused(filter=20), "dead_address", "brake_bounces"),
    ],
)
def test_most_of_what_came_back_since_the_last_brake_decides(now: Refused, before: Refused, fault: str, reason: str) -> None:
    found = send(now, before)
    assert blamed(found) == fault
    assert braked_for(found, "brake_bounces") == reason
    assert braked_for(found, "brake_complaints") == "brake_complaints"


def test_each_brake_has_words() -> None:
    every: list[Brake] = ["brake_bounces", "brake_filter", "brake_ours", "brake_complaints"]
    assert list(BRAKES) == every
    assert "nobody is marked" in BRAKES["brake_filter"]


def test_the_text_names_exactly_what_is_configured() -> None:
    text = for_it(send(Refused(filter=1_200, ours=1)), SENDER)
    assert text is not None
    for said in (
        "to 1,200 people",
        "this From address: no-reply@mail.school.example\n",
        "any address of this domain: mail.school.example\n",
        "a DKIM signature of: school.example\n",
        "return path (MAIL FROM) domain: bounce.school.example\n",
    ):
        assert said in text
    assert "{" not in text
    ours = for_it(send(Refused(filter=1, ours=2)), SENDER)
    assert ours is not None
    assert "_dmarc.mail.school.example" in ours
    assert "to 2 people" in ours
    one = for_it(send(Refused(filter=1)), SENDER)
    assert one is not None
    assert "to one person" in one
    assert for_it(send(Refused(dead=9)), SENDER) is None


@pytest.mark.parametrize(
    ("settings", "sender"),
    [
        (("a@x.example", "x.example", "b.x.example"), Sender("a@x.example", "x.example", "b.x.example")),
        (("a@mail.x.example", "x.example", ""), Sender("a@mail.x.example", "x.example", "amazonses.com")),
        (("a@x.example", "", "eu-west-2.amazonses.com"), Sender("a@x.example", "x.example", "eu-west-2.amazonses.com")),
        (("a@x.example", "x.example", "us-east-1.amazonses.com"), Sender("a@x.example", "x.example", "amazonses.com")),
        (("a@x.example", "a@x.example", ""), Sender("a@x.example", "amazonses.com", "amazonses.com")),
    ],
)
def test_the_sender_of_settings(settings: tuple[str, str, str], sender: Sender) -> None:
    assert sender_of(*settings) == sender
