"""A stolen copy of all tables and queues holds no code, no link and no secret that was ever printed, shown or mailed."""

import base64
import binascii
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from moto.sqs.models import Queue as MotoQueue
from openpyxl import load_workbook

from latchkey.codes.reveal_codes import reveal_codes
from latchkey.login_details import void_codes
from latchkey.login_details.model.runs import FORMATS, Export, ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.start_export import start_export
from latchkey.people.model.person import Person
from latchkey.schools.model.school import DAY
from latchkey.second_factors.enrol_factor import begin_enrolment, finish_enrolment
from latchkey.sign_in.hashing import hash_of
from latchkey.sign_in.session import SignedIn, open_session
from tests.support.authenticator import app_code
from tests.support.exports import deliver, files
from tests.support.mail_road import MailRoad
from tests.support.system import TestSystem

ADMIN = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)
STUDENTS = 12
pytestmark = pytest.mark.moto
CODE = re.compile(r"\b[PF][2-9A-Z]{3}(?:-[2-9A-Z]{4}){2,3}\b")


class Copy:
    """What a thief has: every item of every table as it was at any of several moments, and every message ever put."""

    def __init__(self, system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
        self.system = system
        self.values: list[Any] = []
        self.looked_at = 0
        self.plain = b""
        honest = MotoQueue.add_message

        def seen(queue: Any, message: Any, *args: Any, **more: Any) -> Any:
            self.values.append([message.body, {name: str(value) for name, value in message.message_attributes.items()}])
            return honest(queue, message, *args, **more)

        monkeypatch.setattr(MotoQueue, "add_message", seen)

    def take(self) -> None:
        """Copy all tables as they are now."""
        dynamodb = self.system.wiring("console").client("dynamodb")
        for table in dynamodb.list_tables()["TableNames"]:
            for page in dynamodb.get_paginator("scan").paginate(TableName=table):
                self.values += page["Items"]

    def holds(self, secret: str) -> bool:
        """Whether the secret stands anywhere in the copy, in any of its forms, at any depth.

        Whatever the case, and with or without hyphens and spaces. Without its first sign a code says as much.
        """
        if len(self.values) != self.looked_at:
            self.looked_at = len(self.values)
            different = {json.dumps(value, default=repr, sort_keys=True): value for value in self.values}
            self.plain = b"\0".join({bare(text) for value in different.values() for text in texts(value)})
        return bare(secret.encode())[1:] in self.plain


def texts(value: Any, depth: int = 3) -> Iterator[bytes]:
    """All texts inside a value, also those that are packed into others as JSON, base64 or hex."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from texts(name, depth)
            yield from texts(part, depth)
    elif isinstance(value, list | tuple | set):
        for part in value:
            yield from texts(part, depth)
    elif isinstance(value, str | bytes):
        raw = value.encode() if isinstance(value, str) else bytes(value)
        yield raw
        if depth:
            for inner in unpacked(raw):
                yield from texts(inner, depth - 1)


def unpacked(raw: bytes) -> Iterator[Any]:
    """What a text could be a packing of."""
    with suppress(ValueError):
        yield json.loads(raw)
    for part in re.findall(rb"[A-Za-z0-9+/_-]{8,}=*", raw):
        plain = part.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):  # it may begin in the middle of something else
            piece = plain[start:]
            with suppress(binascii.Error):
                yield base64.b64decode(piece[: len(piece) // 4 * 4] if len(piece) % 4 == 1 else piece + b"=" * (-len(piece) % 4))
    for part in re.findall(rb"(?:[0-9a-fA-F]{2}){6,}", raw):
        yield bytes.fromhex(part.decode())


def bare(text: bytes) -> bytes:
    """The text in lower case without hyphens and spaces."""
    return re.sub(rb"[-\s]", b"", text).lower()


def codes_in(data: bytes, name: str) -> set[str]:
    """The codes of a file, where they stand as text."""
    if name.endswith(".csv"):
        return set(CODE.findall(data.decode("utf-8-sig")))
    if name.endswith(".xlsx"):
        book = load_workbook(io.BytesIO(data), read_only=True)
        return set(CODE.findall(" ".join(str(cell) for sheet in book for row in sheet.values for cell in row)))
    return set()


@pytest.fixture
def copy(road: MailRoad, monkeypatch: pytest.MonkeyPatch) -> Copy:
    return Copy(road.system, monkeypatch)


def test_nothing_that_was_printed_shown_or_mailed_is_in_a_copy(
    road: MailRoad, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = road.system
    console = system.wiring("console")
    for number in range(1, STUDENTS + 1):
        road.person(number, number=number, upn=f"UPN{number}", year_group="7", registration_group="7A")
    school = console.schools.get("northbridge")
    assert school is not None
    secrets: set[str] = set()

    road.start()
    road.plan()
    copy.take()
    road.deliver()
    copy.take()
    tokens = {url.partition("#")[2] for mail in road.ses.mails for url in mail.links}
    assert len(tokens) == STUDENTS
    secrets |= tokens | {token.rpartition(".")[2] for token in tokens}  # and the MAC, which is all that cannot be guessed

    def build() -> None:
        assert deliver(system, monkeypatch, system.messages("EXPORT_QUEUE")) == 0
        copy.take()

    def printed(wanted: ExportRequest) -> Export:
        export = start_export(console, school, ADMIN, wanted).run
        copy.take()
        build()
        done = console.exports("northbridge").get(export.id)
        assert done is not None
        assert (done.state, done.reason) == ("finished", None), done
        return done

    for name in FORMATS:
        assert printed(ExportRequest(scope=Scope(), format=name)).rows
    seen = {name: codes_in(data, name) for name, data in files(system).items()}
    assert sum(len(found) == 2 * STUDENTS for found in seen.values()) == 5, "each table shows the same codes"
    first = set().union(*seen.values())
    assert len(first) == 2 * STUDENTS

    revealed = reveal_codes(console, school, ADMIN, f"{1:020d}").details
    assert {revealed.pin, revealed.parent_code} <= first
    void_codes.start_void(console, school, ADMIN, ExportRequest(scope=Scope()))
    build()
    system.clock.now += 80 * DAY
    printed(ExportRequest(scope=Scope(), expiring_within=30))
    revealed = reveal_codes(console, school, ADMIN, f"{1:020d}").details
    copy.take()
    second = set().union(*(codes_in(data, name) for name, data in files(system).items())) - first
    assert {revealed.pin, revealed.parent_code} <= second
    assert len(second) == 2 * STUDENTS
    secrets |= first | second

    assert len(copy.values) > 10 * STUDENTS
    assert [secret for secret in secrets if copy.holds(secret)] == []


def test_no_secret_of_a_second_factor_is_in_a_copy(road: MailRoad, copy: Copy) -> None:
    """Neither an app's secret, in any form, nor a recovery code, nor the token of a session; while it is added and afterwards."""
    portal, school = road.system.wiring("portal"), road.system.wiring("portal").schools.get("northbridge")
    ann = road.person(1)
    assert school is not None
    table, put = portal.credentials("northbridge").password_of(ann.id, hash_of("six quiet otters"), 1)
    table.put(put)
    token, session = open_session(portal, "northbridge", ann)
    who = SignedIn(school, ann, session)
    begun = begin_enrolment(portal, who, "totp", "My phone", "six quiet otters")
    copy.take()
    added = finish_enrolment(portal, who, begun.id, code=app_code(begun.secret, road.system.clock()))
    copy.take()
    raw = base64.b32decode(begun.secret)
    secrets = {begun.secret, raw.hex(), base64.b64encode(raw).decode(), token.rpartition(".")[2], *added.recovery}
    assert len(secrets) == 14
    assert [secret for secret in secrets if copy.holds(secret)] == []
    assert not any(raw in text for value in copy.values for text in texts(value))
    item = [item for item in copy.values if isinstance(item, dict) and "factors" in item][-1]
    assert copy.holds(item["factors"]["L"][0]["M"]["salt"]["S"]), "it looks where they would be"


SECRET = "P234-6789-CDFH"
TOKEN = "1.w.northbridge.abcdefghjkmnpqrstvwx.1795000000.0.abcdefabcdef.mZ_8Yk-3aQ"


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "hidden",
    [
        SECRET,
        f"see {SECRET}!",
        "P23467 89CDFH",
        SECRET.lower(),
        SECRET.replace("-", ""),
        SECRET.replace("-", "").lower()[1:],
        _b64(SECRET),
        _b64(SECRET.replace("-", "").lower()),
        base64.urlsafe_b64encode(f"??>{SECRET}".encode()).decode().rstrip("="),
        "x" + _b64("a longer text with " + SECRET + " in its middle"),
        _b64(_b64(SECRET)),
        json.dumps({"a": [json.dumps({"code": SECRET})]}),
        json.dumps({"a": _b64(json.dumps([SECRET]))}),
        SECRET.encode().hex(),
        SECRET.encode(),
    ],
)
def test_the_searcher_would_find_it(road: MailRoad, copy: Copy, hidden: str | bytes) -> None:
    """Without this, the test above could pass because it looks nowhere."""
    table = road.system.wiring("console").table("ACTIVITY_TABLE")
    client = road.system.wiring("console").client("dynamodb")
    wire: Any = {"B": hidden} if isinstance(hidden, bytes) else {"S": hidden}
    assert not copy.holds(SECRET)
    client.put_item(TableName=table.name, Item={"pk": {"S": "p"}, "sk": {"S": "s"}, "deep": {"M": {"in": {"L": [wire]}}}})
    copy.take()
    assert copy.holds(SECRET)


@pytest.mark.parametrize("queue", ["EXPORT_QUEUE", "PLAN_QUEUE"])
@pytest.mark.parametrize("secret", [SECRET, TOKEN])
def test_the_searcher_would_find_it_in_a_message(road: MailRoad, copy: Copy, queue: str, secret: str) -> None:
    wiring = road.system.wiring("console")
    wiring.queue(queue).put({"a": {"b": [secret]}})
    assert copy.holds(secret)
    assert not copy.holds("F" + secret[2:] + "X")


def test_a_message_that_was_worked_on_was_copied_too(road: MailRoad, copy: Copy) -> None:
    road.system.wiring("console").queue("EXPORT_QUEUE").put_many([{"code": SECRET}])
    road.system.messages("EXPORT_QUEUE")
    assert copy.holds(SECRET)
