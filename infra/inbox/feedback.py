"""What becomes of a mail, as SES would tell it: MiniStack keeps the event destination of a template but tells it nothing.

For each mail, the events of AWS's mailbox simulator go where on AWS two rules bring them from the event bus: mails of sends that
arrived to Firehose, those of one look as one record, because MiniStack's writes a file for each record, at once; all others to
the queue. Everything is delivered, except what is sent to bounce@, complaint@ and suppressionlist@simulator.amazonses.com
(`bounce+x@` too).
AWS's simulator has no address for a mail that SES rejects or cannot render; here reject@ and rendering@ are those. Nor has it one
behind a school's filter: filter@ is refused for ever, mended@ the first time only, unsigned@ because the sender is not trusted.
MiniStack forgets the tags of a mail, so the chunk is found in the ledger by the address and by the link in the mail.
"""

import json
import logging
import re
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

from infra.inbox.store import Post

_TOKEN = re.compile(r"/set-password#(1\.[a-z]\.[a-z0-9-]+\.[0-9a-z]+\.[0-9a-f]+\.\S+)")
_SIMULATOR = "simulator.amazonses.com"
_PAUSE = 1.0
_LATEST_SENDS = 20
_MOST = 400  # mails whose events make one record: Firehose takes a megabyte
_HARD = {"bounceType": "Permanent", "bounceSubType": "General"}
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html has these two.
_NOT_SENT = {
    "reject": ("Reject", {"reject": {"reason": "Bad content"}}),
    "rendering": ("Rendering Failure", {"failure": {"errorMessage": "Attribute 'x' is not present", "templateName": "x"}}),
}
_SUPPRESSED = {"bounceType": "Permanent", "bounceSubType": "OnAccountSuppressionList"}
_UNKNOWN = ("5.1.1", "smtp; 550 5.1.1 user unknown")
_PROHIBITED = "The user or domain that you are sending to (or from) has a policy that prohibited the mail that you sent."
_CLOSED = ("5.7.1", f"smtp; 550-5.7.1 {_PROHIBITED} 550 5.7.1 - gsmtp")
_UNTRUSTED = ("5.7.26", "smtp; 550-5.7.26 Your email has been blocked because the sender is unauthenticated. 550 5.7.26 - gsmtp")
_ANSWERS = {  # what each address answers: SES's label, and the server's own words
    "bounce": (_HARD, _UNKNOWN),
    "suppressionlist": (_SUPPRESSED, _UNKNOWN),
    "filter": (_HARD, _CLOSED),
    "mended": (_HARD, _CLOSED),
    "unsigned": (_HARD, _UNTRUSTED),
}

Tags: TypeAlias = Mapping[str, str]
_Key: TypeAlias = tuple[str, str, str, int]  # school, address, person, expiry


class Ledger:
    """The chunks of the local stack, read with the root caller's rights."""

    def __init__(self, dynamodb: Any, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._known: dict[_Key, Tags] = {}
        self._read: set[tuple[str, str]] = set()

    def tags(self, to: str, text: str) -> Tags | None:
        """The tags that the mail had: `send`, `chunk`, `school`, `origin`; None for a mail without a password link."""
        found = _TOKEN.search(text)
        if found is None:
            return None
        _, _, school, person, expires, *_ = found.group(1).split(".")
        key = (school, to, person, int(expires, 16))
        for send in () if key in self._known else self._sends(school):
            if (school, send) not in self._read:
                self._read.add((school, send))
                self._known.update(self._chunks(school, send))
            if key in self._known:
                break
        return self._known.get(key)

    def _sends(self, school: str) -> Iterator[str]:
        for kind in ("REQUESTS", "SENDS"):
            answer = self._query(f"{school}#{kind}", ScanIndexForward=False, Limit=_LATEST_SENDS)
            yield from (item["sk"]["S"] for item in answer["Items"] if item["state"]["S"] != "queued")

    def _chunks(self, school: str, send: str) -> Iterator[tuple[_Key, Tags]]:
        start: dict[str, Any] = {}
        while True:
            answer = self._query(f"{school}#SEND#{send}", **start)
            for item in answer["Items"]:
                tags = {
                    "school": school,
                    "send": send,
                    "chunk": item["number"]["N"],
                    "origin": "admin" if item["listed"]["BOOL"] else "person",
                }
                for row in json.loads(zlib.decompress(item["mails"]["B"])):
                    for account in row[4]:
                        yield (school, row[0], account[0], int(item["links_expire_at"]["N"])), tags
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _query(self, pk: str, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._dynamodb.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
            **more,
        )
        return answer


class Feedback:
    """Tells of every new mail, once."""

    def __init__(self, post: Post, ledger: Ledger, tell: Callable[[Iterable[str]], None]) -> None:
        self._post = post
        self._ledger = ledger
        self._tell = tell
        self._count = -1
        self._told: set[str] = set()
        self._mails: Counter[str] = Counter()

    def step(self) -> None:
        """Look once."""
        count = self._post.count()
        if count == self._count:
            return
        new = [message for message in self._post.fetch() if message["MessageId"] not in self._told]
        for place in range(0, len(new), _MOST):
            self._tell_of(new[place : place + _MOST])
        self._count = count

    def _tell_of(self, messages: Sequence[Mapping[str, Any]]) -> None:
        bodies: list[str] = []
        mails: Counter[str] = Counter()
        for message in messages:
            for to in message["To"]:
                if tags := self._ledger.tags(to, message["BodyText"] or ""):
                    earlier = self._mails[to] + mails[to]
                    bodies += events(message["MessageId"], to, tags, message["Timestamp"], earlier=earlier)
                    mails[to] += 1
        if bodies:
            self._tell(bodies)
        self._mails += mails
        self._told.update(message["MessageId"] for message in messages)

    def run(self, stop: threading.Event) -> None:
        """Look every second until `stop`; what fails is tried again."""
        while not stop.wait(_PAUSE):
            try:
                self.step()
            except Exception:  # the next look may succeed; the inbox must stay up meanwhile
                logging.getLogger(__name__).exception("could not tell what became of mails")


def events(message: str, to: str, tags: Tags, at: float, *, earlier: int = 0) -> list[str]:
    """The events of one mail, in the form in which EventBridge puts them on a queue; so many went to the address before."""
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    mail = {
        "timestamp": when,
        "messageId": message.partition("@")[0],
        "destination": [to],
        "tags": {name: [value] for name, value in tags.items()},
    }
    delivery = {"delivery": {"timestamp": when, "recipients": [to], "smtpResponse": "250 2.6.0 Message received"}}
    local, _, domain = to.casefold().partition("@")
    outcome = local.partition("+")[0] if domain == _SIMULATOR else "success"
    told: list[tuple[str, dict[str, Any]]] = [("Send", {"send": {}})]
    if outcome in _NOT_SENT:
        told = [_NOT_SENT[outcome]]
    elif outcome in _ANSWERS and not (outcome == "mended" and earlier):
        kind, (status, said) = _ANSWERS[outcome]
        bounced = [{"emailAddress": to, "action": "failed", "status": status, "diagnosticCode": said}]
        told.append(("Bounce", {"bounce": {**kind, "timestamp": when, "bouncedRecipients": bounced}}))
    else:
        told.append(("Delivery", delivery))
    if outcome == "complaint":
        complained = {"timestamp": when, "complainedRecipients": [{"emailAddress": to}], "complaintFeedbackType": "abuse"}
        told.append(("Complaint", {"complaint": complained}))
    return [
        json.dumps({"version": "0", "source": "aws.ses", "detail": {"eventType": kind, "mail": mail, **part}})
        for kind, part in told
    ]


def is_gathered(body: str) -> bool:
    """Whether an event goes to Firehose: `DeliveriesRule` in template.yaml says so of those of sends that arrived."""
    detail = json.loads(body)["detail"]
    told: bool = detail["eventType"] == "Delivery" and detail["mail"]["tags"].get("origin") != ["person"]
    return told


def start(post: Post, config: Mapping[str, str]) -> threading.Event:
    """Tell in the background; set what comes back to stop it.

    `config` holds `aws_url`, `region`, `key`, `table`, the `queue` and the name of Firehose's `stream`.
    """
    import boto3

    session = boto3.Session(config["key"], config["key"], region_name=config["region"])
    sqs = session.client("sqs", endpoint_url=config["aws_url"])
    firehose = session.client("firehose", endpoint_url=config["aws_url"])

    def tell(bodies: Iterable[str]) -> None:
        gathered = []
        for body in bodies:
            if is_gathered(body):
                gathered.append(body)
            else:
                sqs.send_message(QueueUrl=config["queue"], MessageBody=body)
        if gathered:
            firehose.put_record(DeliveryStreamName=config["stream"], Record={"Data": "".join(gathered).encode()})

    ledger = Ledger(session.client("dynamodb", endpoint_url=config["aws_url"]), config["table"])
    stop = threading.Event()
    threading.Thread(target=Feedback(post, ledger, tell).run, args=(stop,), daemon=True, name="feedback").start()
    return stop
