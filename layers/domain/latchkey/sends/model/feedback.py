"""What SES tells of mails: its events, read into facts about addresses.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html describes them; EventBridge wraps each in
``detail``, SNS in ``Message``.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any, Final

from latchkey.sends.model.mail_states import Fact, MailState
from latchkey.sends.model.refusals import FAULT_REASONS, reason_of, reason_of_delay
from latchkey.shared.model.ids import is_id, is_slug

_MOST_CHUNKS: Final = 99_999
_LONGEST: Final = 200
_DELAYS: Final = {"MailboxFull": "delay_mailbox_full", "SpamDetected": "delay_content"}
TOLD_REASONS: Final[Mapping[str, str]] = {
    **FAULT_REASONS,
    "hard": FAULT_REASONS["dead_address"],
    "hard_no_mailbox": "there is no such mailbox",
    "hard_suppressed": "the address has refused mail before, so the mail service did not try again",
    "hard_filter": FAULT_REASONS["school_filter"],
    "hard_ours": FAULT_REASONS["our_fault"],
    "soft_filter": FAULT_REASONS["school_filter"],
    "soft_ours": FAULT_REASONS["our_fault"],
    "soft": "the mail server did not take the mail this time",
    "soft_mailbox_full": "the mailbox is full",
    "soft_content": "the mail server took the mail for one that nobody wants",
    "soft_undetermined": "the mail server sent it back without saying why",
    "delay": "the mail server does not answer; the mail service tries again",
    "delay_filter": FAULT_REASONS["school_filter"],
    "delay_ours": FAULT_REASONS["our_fault"],
    "delay_mailbox_full": "the mailbox is full; the mail service tries again",
    "delay_content": "the mail server holds it for spam; the mail service tries again",
    "rejected": "the mail service took the mail for one that nobody wants",
    "rendering": "the mail service could not put the mail together",
}
"""Why a mail is in the state that SES told, as sentences."""


class Unusable(Exception):
    """No event that we know, or one that is not about our mails."""


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """What one event tells of the mail to one address."""

    school: str
    send: str
    chunk: int
    address: str
    fact: Fact


def read(body: object) -> list[DeliveryEvent]:
    """What an event tells, one for each recipient; ``Unusable`` for anything else than an event about mails of a chunk."""
    event = _event(body)
    mail = _part(event, "mail")
    tags = _part(mail, "tags")
    school, send, chunk = _tag(tags, "school"), _tag(tags, "send"), _tag(tags, "chunk")
    if not is_slug(school) or not is_id(send) or re.fullmatch(r"[1-9][0-9]{0,4}", chunk, re.ASCII) is None:
        raise Unusable
    kind = event.get("eventType", event.get("notificationType"))
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None or int(chunk) > _MOST_CHUNKS:
        raise Unusable
    return [
        DeliveryEvent(school, send, int(chunk), same_address(address), fact)
        for address, fact in reader(event, mail, _seconds(mail.get("timestamp")))
    ]


def same_address(address: str) -> str:
    """An address in the form in which two are compared: mail servers change the case when they answer."""
    return (parseaddr(address)[1] or address).strip().casefold()


def _event(body: object) -> Mapping[str, Any]:
    try:
        event: Any = json.loads(body) if isinstance(body, str) else body
        if isinstance(event, Mapping) and isinstance(event.get("Message"), str):
            event = json.loads(event["Message"])
    except (ValueError, RecursionError):
        raise Unusable from None
    if isinstance(event, Mapping) and "detail" in event:
        event = event["detail"]
    if not isinstance(event, Mapping):
        raise Unusable
    return event


def _part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = values.get(name)
    if not isinstance(part, Mapping):
        raise Unusable
    return part


def _tag(tags: Mapping[str, Any], name: str) -> str:
    values = tags.get(name)
    if not isinstance(values, list) or len(values) != 1 or not isinstance(values[0], str):
        raise Unusable
    return values[0]


def _seconds(timestamp: object) -> int:
    try:
        parsed = datetime.fromisoformat(str(timestamp))
    except ValueError:
        raise Unusable from None
    if parsed.tzinfo is None:
        raise Unusable
    return int(parsed.timestamp())


def _text(value: object) -> str:
    """A mail server's own words: short, and of printable characters."""
    return "".join(each if each.isprintable() else " " for each in value[:_LONGEST]).strip() if isinstance(value, str) else ""


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


_Facts = list[tuple[str, Fact]]
_Reader = Callable[[Mapping[str, Any], Mapping[str, Any], int], _Facts]


def _all(addresses: object, fact: Fact) -> _Facts:
    if not isinstance(addresses, Sequence) or isinstance(addresses, str):
        raise Unusable
    return [(address, fact) for address in addresses if isinstance(address, str)]


def _each(recipients: object, state: MailState, why: Callable[[Mapping[str, Any]], str | None], at: int) -> _Facts:
    if not isinstance(recipients, list):
        raise Unusable
    return [
        (each["emailAddress"], Fact(state, why(each), at, _text(each.get("diagnosticCode"))))
        for each in recipients
        if isinstance(each, Mapping) and isinstance(each.get("emailAddress"), str)
    ]


def _sent(_event: Mapping[str, Any], mail: Mapping[str, Any], mailed_at: int) -> _Facts:
    return _all(mail.get("destination"), Fact("sent", None, mailed_at))


def _delivered(event: Mapping[str, Any], _mail: Mapping[str, Any], _mailed_at: int) -> _Facts:
    delivery = _part(event, "delivery")
    return _all(delivery.get("recipients"), Fact("delivered", None, _seconds(delivery.get("timestamp"))))


def _delayed(event: Mapping[str, Any], _mail: Mapping[str, Any], _mailed_at: int) -> _Facts:
    delay = _part(event, "deliveryDelay")
    label = _DELAYS.get(_word(delay.get("delayType")), "delay")

    def why(recipient: Mapping[str, Any]) -> str:
        return reason_of_delay(label, recipient.get("status"), recipient.get("diagnosticCode"))

    return _each(delay.get("delayedRecipients"), "delayed", why, _seconds(delay.get("timestamp")))


def _bounced(event: Mapping[str, Any], _mail: Mapping[str, Any], _mailed_at: int) -> _Facts:
    bounce = _part(event, "bounce")
    kind, sub_type = bounce.get("bounceType"), bounce.get("bounceSubType")

    def why(recipient: Mapping[str, Any]) -> str:
        return reason_of(kind, sub_type, recipient.get("status"), recipient.get("diagnosticCode"))

    return _each(bounce.get("bouncedRecipients"), "bounced", why, _seconds(bounce.get("timestamp")))


def _complained(event: Mapping[str, Any], _mail: Mapping[str, Any], _mailed_at: int) -> _Facts:
    complaint = _part(event, "complaint")
    if complaint.get("complaintFeedbackType") == "not-spam":  # the reader took the mail out of the spam
        return []
    return _each(complaint.get("complainedRecipients"), "complained", lambda _: None, _seconds(complaint.get("timestamp")))


def _rejected(event: Mapping[str, Any], mail: Mapping[str, Any], mailed_at: int) -> _Facts:
    detail = _text(_part(event, "reject").get("reason"))
    return _all(mail.get("destination"), Fact("failed", "rejected", mailed_at, detail))


def _not_rendered(_event: Mapping[str, Any], mail: Mapping[str, Any], mailed_at: int) -> _Facts:
    return _all(mail.get("destination"), Fact("failed", "rendering", mailed_at))


_READERS: Final[Mapping[str, _Reader]] = {
    "Send": _sent,
    "Delivery": _delivered,
    "DeliveryDelay": _delayed,
    "Bounce": _bounced,
    "Complaint": _complained,
    "Reject": _rejected,
    "Rendering Failure": _not_rendered,
    "RenderingFailure": _not_rendered,
}
