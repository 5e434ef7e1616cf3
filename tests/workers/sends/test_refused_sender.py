"""SES refuses whatever this site sends: its role, its identity or its configuration set is at fault, and no mail.

Nothing fails, nothing is tried in silence: the send says so, a line of the log rings an alarm, and it goes on by itself.
"""

import pytest

from latchkey.mail.stores.mailer import SENDER_REFUSED
from latchkey.sends.model.send import WAITS
from tests.support.mail_road import MailRoad
from tests.support.ses import refusal

UNVERIFIED = "Email address is not verified. The following identities failed the check in region EU-WEST-2: "
REFUSALS = [
    refusal("AccessDeniedException", "User is not authorized to perform ses:SendBulkEmail on p1@x.example"),
    refusal("NotAuthorized"),
    refusal("NotFoundException", "Configuration set does not exist"),
    refusal("MailFromDomainNotVerifiedException"),
    refusal("MessageRejected", UNVERIFIED + "Northbridge Academy <no-reply@latchkey.test>"),
]
each_refusal = pytest.mark.parametrize("error", REFUSALS, ids=[error.response["Error"]["Code"] for error in REFUSALS])


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines that the alarm rings on."""
    return [line for record in caplog.records if (line := record.getMessage()).startswith(SENDER_REFUSED.partition(":")[0])]


@each_refusal
def test_a_send_waits_says_so_and_goes_on_by_itself(road: MailRoad, error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    road.monkeypatch.setattr("latchkey.sends.model.planning.CHUNK_MAILS", 2)
    for number in (1, 2, 3):
        road.person(number)
    send = road.start()
    assert road.plan() == []
    chunks = road.chunks()
    road.ses.refusing = error
    for turn in range(1, 8):  # more turns than a message has before it is given up
        assert road.deliver(chunks) == []
        chunks = road.again
        assert len(chunks) == 1, "the two chunks come again together"
        assert len(said(caplog)) == turn, "the alarm's line is said at once and each time"
        road.system.clock.now += 900
    found = road.send(send)
    assert (found.waiting, found.state, found.counts["planned"]) == ("sender", "running", 3)
    assert found.waiting_since is not None
    assert found.waiting_since <= road.system.clock.now - 7 * 900
    road.ses.refusing = None
    assert road.deliver(chunks) == []
    found = road.send(send)
    assert (found.state, found.waiting, found.counts["sent"]) == ("finished", None, 3)
    assert len(road.ses.mails) == 3


@each_refusal
def test_one_persons_mail_waits_as_long_as_its_link_lives(
    road: MailRoad, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    road.person(1)
    road.ask(road.forgot("p1@x.example"))
    assert road.plan() == []
    road.ses.refusing = error
    assert road.deliver() == []
    assert len(said(caplog)) == 1
    road.ses.refusing = None
    assert road.deliver(road.again) == []
    assert [mail.to for mail in road.ses.mails] == ["p1@x.example"]
    assert road.again == []


def test_one_persons_mail_is_not_sent_when_its_link_has_expired_by_then(road: MailRoad) -> None:
    road.person(1)
    road.ask(road.forgot("p1@x.example"))
    assert road.plan() == []
    road.ses.refusing = REFUSALS[0]
    chunks = road.chunks()
    while chunks:
        assert road.deliver(chunks) == []
        chunks = road.again
        road.system.clock.now += 900
    road.ses.refusing = None
    assert road.ses.mails == []


def test_an_account_that_may_not_even_be_read_is_the_same(road: MailRoad, caplog: pytest.LogCaptureFixture) -> None:
    road.person(1)
    send = road.start()
    assert road.plan() == []
    road.ses.refusing, road.ses.account_hidden = REFUSALS[0], True
    assert road.deliver() == []
    assert (road.send(send).waiting, len(said(caplog))) == ("sender", 1)


@pytest.mark.parametrize("status", ["MAIL_FROM_DOMAIN_NOT_VERIFIED", "CONFIGURATION_SET_NOT_FOUND", "INVALID_SENDING_POOL_NAME"])
def test_what_ses_says_of_each_mail_rings_once_a_call(road: MailRoad, status: str, caplog: pytest.LogCaptureFixture) -> None:
    for number in (1, 2, 3):
        road.person(number)
    send = road.start()
    assert road.plan() == []
    road.ses.statuses = {f"p{number}@x.example": [status] for number in (1, 2, 3)}
    assert road.deliver() == []
    assert (road.send(send).waiting, road.send(send).counts["planned"]) == ("sender", 3)
    assert said(caplog) == [SENDER_REFUSED % status]
    assert road.deliver(road.again) == []
    assert road.send(send).state == "finished"


def test_a_reader_whom_the_sandbox_does_not_know_is_no_fault_of_the_sender(
    road: MailRoad, caplog: pytest.LogCaptureFixture
) -> None:
    road.person(1)
    road.ses.production = False
    road.ask(road.forgot("p1@x.example"))
    assert road.plan() == []
    road.ses.script.append(refusal("MessageRejected", UNVERIFIED + "p1@x.example"))
    assert road.deliver() == []
    assert said(caplog) == []
    assert road.again == []


def test_the_line_names_nobody(road: MailRoad, caplog: pytest.LogCaptureFixture) -> None:
    road.person(1)
    road.start()
    road.plan()
    for road.ses.refusing in REFUSALS:
        assert road.deliver(road.again or None) == []
    assert len(said(caplog)) == len(REFUSALS)
    assert "example" not in caplog.text
    assert "no-reply" not in caplog.text


def test_the_sends_page_says_what_happened_what_was_kept_and_what_to_do() -> None:
    for words in ("does not accept mail from this site", "is kept", "goes on by itself", "Tell the people who run this site"):
        assert words in WAITS["sender"]
