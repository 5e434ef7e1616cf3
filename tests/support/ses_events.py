"""Events as SES publishes them to EventBridge, in the shapes that AWS documents.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-firehose-examples.html
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

NAMES = {
    "Send": "Email Sent",
    "Delivery": "Email Delivered",
    "DeliveryDelay": "Email Delivery Delayed",
    "Bounce": "Email Bounced",
    "Complaint": "Email Complaint Received",
    "Reject": "Email Rejected",
    "Rendering Failure": "Email Rendering Failed",
}


def stamp(seconds: float) -> str:
    """A time as SES writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def event(
    kind: str,
    to: Sequence[str],
    at: float,
    *,
    send: str,
    chunk: int = 1,
    school: str = "northbridge",
    mailed_at: float = 0,
    origin: str | None = "admin",
    **part: Any,
) -> str:
    """The body of the queue's message about mails to these addresses; ``part`` overrides members of the event's own part.

    A former release's mails have no ``origin``.
    """
    mail = {
        "timestamp": stamp(mailed_at or at),
        "source": "Northbridge Academy <no-reply@latchkey.test>",
        "sourceArn": "arn:aws:ses:eu-west-2:123456789012:identity/latchkey.test",
        "sendingAccountId": "123456789012",
        "messageId": "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
        "destination": list(to),
        "headersTruncated": False,
        "headers": [{"name": "From", "value": "no-reply@latchkey.test"}, {"name": "To", "value": ", ".join(to)}],
        "commonHeaders": {"from": ["no-reply@latchkey.test"], "to": list(to), "messageId": "EXAMPLE7", "subject": "Set"},
        "tags": {
            "ses:configuration-set": ["latchkey"],
            "ses:source-ip": ["192.0.2.0"],
            "ses:from-domain": ["latchkey.test"],
            "ses:caller-identity": ["deliver_links"],
            "send": [send],
            "chunk": [str(chunk)],
            "school": [school],
            **({} if origin is None else {"origin": [origin]}),
        },
    }
    detail = {"eventType": kind, "mail": mail, **_parts(kind, to, stamp(at), part)}
    return json.dumps(
        {
            "version": "0",
            "id": "12345678-1234-1234-1234-123456789012",
            "detail-type": NAMES.get(kind, kind),
            "source": "aws.ses",
            "account": "123456789012",
            "time": stamp(at),
            "region": "eu-west-2",
            "resources": ["arn:aws:ses:eu-west-2:123456789012:configuration-set/latchkey"],
            "detail": detail,
        }
    )


def _parts(kind: str, to: Sequence[str], at: str, part: dict[str, Any]) -> dict[str, Any]:
    if kind == "Send":
        return {"send": {}}
    if kind == "Delivery":
        smtp = "250 2.6.0 Message received"
        return {
            "delivery": {
                "timestamp": at,
                "processingTimeMillis": 11893,
                "recipients": list(to),
                "smtpResponse": smtp,
                "remoteMtaIp": "192.0.2.1",
                "reportingMTA": "mta.example.com",
                **part,
            }
        }
    if kind == "DeliveryDelay":
        delayed = [
            {"emailAddress": each, "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect"} for each in to
        ]
        return {
            "deliveryDelay": {
                "timestamp": at,
                "delayType": "TransientCommunicationFailure",
                "expirationTime": at,
                "delayedRecipients": delayed,
                **part,
            }
        }
    if kind == "Bounce":
        bounced = [
            {"emailAddress": each, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
            for each in to
        ]
        return {
            "bounce": {
                "feedbackId": "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": bounced,
                "timestamp": at,
                "reportingMTA": "dsn; mta.example.com",
                **part,
            }
        }
    if kind == "Complaint":
        return {
            "complaint": {
                "feedbackId": "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
                "complaintSubType": None,
                "complainedRecipients": [{"emailAddress": each} for each in to],
                "timestamp": at,
                "userAgent": "Amazon SES Mailbox Simulator",
                "complaintFeedbackType": "abuse",
                "arrivalDate": at,
                **part,
            }
        }
    if kind == "Reject":
        return {"reject": {"reason": "Bad content", **part}}
    return {"failure": {"errorMessage": "Attribute 'x' is not present in the rendering data.", "templateName": "T", **part}}
