"""SQS consumer of the queues plan and requests; returns the messages that failed."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Any, Final, TypeAlias, get_args

from aws_lambda_powertools import Logger

from latchkey.doubles.look_for_doubles import look_through
from latchkey.errors import TryLater
from latchkey.people.model.person import ROLES
from latchkey.records.erase_mails import erase_mails
from latchkey.sends import request_mail, try_mailboxes
from latchkey.sends.ask_unconfirmed import ask_page
from latchkey.sends.cancel_chunks import cancel_chunks
from latchkey.sends.mail_notices import reset_stopped
from latchkey.sends.model.send import Origin
from latchkey.sends.plan_send import plan_send
from latchkey.sends.start_due import start_due
from latchkey.sends.tell_new_emails import MOST, tell_new_emails
from latchkey.sends.trust_addresses import take_marks
from latchkey.shared.model.messages import Message
from latchkey.wiring import Wiring, wiring
from measure.metrics import measure
from worker.consume import ONES_OWN, Consumer, Record, is_of, life

logger = Logger()
Left: TypeAlias = Callable[[], float] | None

_OF_A_PERSON: Final[Mapping[str, Callable[[Wiring, request_mail.Asked, str], request_mail.Outcome]]] = {
    "renew": request_mail.renew,
    "password_changed": request_mail.password_changed,
    "confirm_address": request_mail.confirm_address,
    "pin_shown": request_mail.pin_shown,
    "reset_stopped": reset_stopped,
}
"""Mails that need no more than whose they are."""


def system() -> Wiring:
    """The stores that plan_send may use; tests put their own in its place."""
    return wiring("plan_send")


def handle(event: dict[str, Any], context: Any) -> Any:
    """Lambda's entry: the schedule, or messages. A record that failed comes again, and at last goes to the dead-letter queue."""
    if event.get("kind") == "due":
        return due()
    whole_send = is_of(event["Records"][0], system().settings["PLAN_QUEUE"])
    left: Left = None if context is None else lambda: context.get_remaining_time_in_millis() / 1000
    work_on = partial(plan, left=left)
    return Consumer("a plan", logger, system).consume(event, context, work_on, held=life(context) if whole_send else ONES_OWN)


def due() -> dict[str, int]:
    """Every minute: what has waited for its time."""
    measure("Ticks")  # an alarm rings when there are none
    try:
        looked = asdict(start_due(system(), _renew_page))
    except TryLater:  # a minute later it is looked at again
        logger.warning("what is due has to wait")
        looked = {"left": 1}
    if looked.get("left"):
        measure("Waits", looked["left"], reason=TryLater.code)
    if any(looked.values()):
        logger.info("looked at what is due", extra=looked)
    return looked


def _renew_page(school: str) -> bool:
    """Write the copy of a school's page: its notice appears or goes now."""
    from latchkey.schools.publish_page import renew_page  # pages, and what makes them, are for these minutes alone
    from web.school_page import school_page

    return renew_page(system(), school, school_page)


def plan(record: Record, left: Left = None) -> None:
    """One message: one send, or one person's request. ``left``: seconds that the function may still run."""
    logger.info("planned", extra=work(Message(record["body"]), left))


def work(message: Message, left: Left = None) -> dict[str, Any]:
    """What the message asks for, and what to log of it: never who asked or whether they exist."""
    kind = message.text("kind")
    if kind == "send":
        send = plan_send(system(), message.slug(), message.id("send"), left)
        return {"kind": kind, "school": message.slug(), "send": send.id, "state": send.state, "total": send.total}
    if kind == "cancel":
        send = cancel_chunks(system(), message.slug(), message.id("send"), message.number("chunk"))
        return {"kind": kind, "school": message.slug(), "send": send.id, "state": send.state, "revoke": send.revoke}
    if kind == "ask_unconfirmed":
        return asked_again(message)
    if (done := _of_school(kind, message)) is not None:
        return done
    asked = request_mail.Asked(message.slug(), message.id("request"), message.time())
    if kind == "forgot":
        by, key, source = message.one_of("by", request_mail.WAYS), message.lookup("key"), message.lookup("from")
        outcome = request_mail.forgot(system(), asked, by, key, source, older=message.optional_lookup("older"))
    elif kind in _OF_A_PERSON:
        outcome = _OF_A_PERSON[kind](system(), asked, message.id("person"))
    elif kind == "invitation":
        outcome = request_mail.invitation(system(), asked, message.id("invitation"))
    elif kind == "mailbox_test":
        outcome = try_mailboxes.plan(system(), asked)
    elif kind == "test":
        outcome = request_mail.test_mail(system(), asked, message.id("person"), message.one_of("mail", request_mail.TESTED))
    else:
        name = message.one_of("kind", request_mail.FACTOR_MAILS)
        outcome = request_mail.factor_changed(system(), asked, message.id("person"), name)
    return {"kind": kind, "school": asked.school, "request": asked.id, "outcome": outcome}


def asked_again(message: Message) -> dict[str, Any]:
    """One page of the people of a school who have not confirmed their address."""
    after = message.id("after") if message.has("after") else None
    role = message.one_of("role", ROLES) if message.has("role") else None
    mailed = ask_page(system(), message.slug(), message.time(), after, role)
    return {"kind": "ask_unconfirmed", "school": message.slug(), "mailed": mailed}


def _of_school(kind: str, message: Message) -> dict[str, Any] | None:
    """What is neither a send nor one person's mail; None where the message is of another kind."""
    work = _SCHOOLS.get(kind)
    return {"kind": kind, "school": message.slug(), **work(message)} if work is not None else None


def _emails_changed(message: Message) -> dict[str, Any]:
    return {"told": tell_new_emails(system(), message.slug(), message.ids("people", MOST), message.time())}


def _erase(message: Message) -> dict[str, Any]:
    after = message.id("after") if message.has("after") else None
    origin = message.one_of("origin", get_args(Origin))
    return {"chunks": erase_mails(system(), message.slug(), message.id("person"), origin, after)}


def _forget(message: Message) -> dict[str, Any]:
    from latchkey.records.forget_erased import forget_erased  # other messages, of which there are many, do not wait for it

    return {"forgotten": int(forget_erased(system(), message.slug(), message.id("person")))}


def _trust(message: Message) -> dict[str, Any]:
    trust = take_marks(system(), message.slug(), message.id("trust"))
    return {"trust": trust.id, "state": trust.state, "taken": trust.taken}


def _invitation_used(message: Message) -> dict[str, Any]:
    from latchkey.contacts.forget_claimed import forget_claimed  # other messages, of which there are many, do not wait for it

    return {"forgotten": forget_claimed(system(), message.slug(), message.id("invitation"))}


def _rehearsal(message: Message) -> dict[str, Any]:
    from latchkey.closure.rehearse import rehearse  # nor for this

    rehearsal = rehearse(system(), message.slug(), message.id("rehearsal"))
    return {"rehearsal": rehearsal.id, "state": rehearsal.state}


def _doubles(message: Message) -> dict[str, Any]:
    look = look_through(system(), message.slug(), message.id("look"))
    return {"look": look.id, "state": look.state, "looked": look.looked}


_SCHOOLS: Final[Mapping[str, Callable[[Message], dict[str, Any]]]] = {
    "emails_changed": _emails_changed,
    "erase": _erase,
    "forget": _forget,
    "trust": _trust,
    "invitation_used": _invitation_used,
    "rehearsal": _rehearsal,
    "doubles": _doubles,
}
"""What is done for a school, and what to log of it."""
