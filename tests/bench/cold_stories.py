"""The first event of each function: a page, a message, a batch, as it finds them in a school of 30 people."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from io import StringIO
from typing import Any

import pytest

from console.app import app as console_app
from latchkey.people.model.person import Person
from portal.app import app as portal_app
from tests.support import ses_events
from tests.support.console import HEAD_TEACHER, PAGE, Console, running_console
from tests.support.costs import HOME, followed, keep, somebody
from tests.support.gateway import proxy_event
from tests.support.rosters import Desk, plain, row
from tests.support.sqs import event_of

PEOPLE = 30
Stories = dict[str, tuple[str, dict[str, Any]]]
"""What is asked, with the logical id of the function and its event."""


@contextmanager
def town() -> Iterator[tuple[Console, Stories]]:
    """A school, and every function's first event in it."""
    with ExitStack() as stack:
        stack.enter_context(redirect_stdout(StringIO()))  # metrics
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        console = stack.enter_context(running_console(patch))
        console.system.clock.now = time.time()
        console.token = console.sign_in(HEAD_TEACHER)
        console.add([somebody(number) for number in range(PEOPLE)])
        streams = followed(console, patch)
        keep(console, streams)
        yield console, _stories(console, patch, streams)


def _stories(console: Console, patch: pytest.MonkeyPatch, streams: Any) -> Stories:
    system = console.system
    page = {"Accept": PAGE, "Host": "latchkey.test"}
    send = console.post(f"{HOME}/sends", {"kind": "password_link", "select": {"filter": {"role": "student"}}}).json_body["id"]
    plan = system.messages("PLAN_QUEUE")
    console.post(f"{HOME}/exports", {"scope": {"school": True}, "format": "mail_merge_csv"})
    export = system.messages("EXPORT_QUEUE")
    desk = Desk(console, patch)
    roster = desk.came(desk.start(plain([row(number) for number in range(PEOPLE)])))
    streams.take()
    console.add([_other()])
    changes = streams.take()
    assert changes is not None
    return {
        "portal, a school's page": ("PortalFunction", proxy_event(portal_app, "GET", "/schools/northbridge", page)),
        "portal, forgot password": (
            "PortalFunction",
            proxy_event(portal_app, "POST", "/schools/northbridge/forgot-password", *_form(page, "identifier=someone1")),
        ),
        "console, people": (
            "ConsoleFunction",
            proxy_event(console_app, "GET", f"{HOME}/people", page | {"Cookie": f"__Host-latchkey={console.token}"}),
        ),
        "plan_send": ("PlanSendFunction", event_of(plan, "PLAN_QUEUE", sent=time.time())),
        "deliver_links": ("DeliverLinksFunction", event_of(_chunks(console, patch, plan), "DELIVER_QUEUE", sent=time.time())),
        "mail_feedback": ("MailFeedbackFunction", event_of(_told(send), "FEEDBACK_QUEUE", sent=time.time())),
        "read_roster": ("ReadRosterFunction", event_of([roster], "ROSTER_QUEUE", sent=time.time())),
        "build_export": ("BuildExportFunction", event_of(export, "EXPORT_QUEUE", sent=time.time())),
        "keep_roll": ("KeepRollFunction", changes),
        "daily": ("DailyFunction", {"kind": "day"}),
        "operate": ("OperateFunction", {"command": "list_admins", "school": "northbridge"}),
    }


def _form(page: dict[str, str], fields: str) -> tuple[dict[str, str], bytes]:
    said = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": "https://latchkey.test",
        "Sec-Fetch-Site": "same-origin",
    }
    return page | said, fields.encode()


def _chunks(console: Console, patch: pytest.MonkeyPatch, plan: list[str]) -> list[str]:
    """The first message of the send, which is planned here."""
    import plan_send.handler as door

    planner = console.system.wiring("plan_send")
    patch.setattr(door, "system", lambda: planner)
    assert not door.handle(event_of(plan, "PLAN_QUEUE"), _Time())["batchItemFailures"]
    return console.system.messages("DELIVER_QUEUE")[:1]


def _told(send: str) -> list[str]:
    return [
        ses_events.event("Delivery", [f"someone.{number}@northbridge.example"], time.time(), send=send, chunk=1)
        for number in range(PEOPLE)
        if number % 4
    ]


def _other() -> Person:
    return somebody(PEOPLE + 1)


class _Time:
    def get_remaining_time_in_millis(self) -> int:
        """Enough."""
        return 120_000


def encoded(event: dict[str, Any]) -> str:
    """As a process is given it."""
    return json.dumps(event)
