"""The mail road in the process: plan_send and deliver_links over one moto system, with a strict SES at its end."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from latchkey.people.model.person import Person
from latchkey.sends.model.send import Origin, Selection, Send
from latchkey.settings import Settings
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import new_id
from latchkey.wiring import Wiring
from tests.support.ses import StrictSes
from tests.support.sqs import Context, event_of
from tests.support.system import TestSystem


class _PutsBack:
    """Queues whose messages are remembered and hidden; the test says when they come."""

    def __init__(self, queues: Any, keep: Callable[[str], None]) -> None:
        self._queues, self._keep = queues, keep

    def send_message(self, **request: Any) -> Any:
        """SendMessage, a quarter of an hour later."""
        self._keep(request["MessageBody"])
        return self._queues.send_message(**request | {"DelaySeconds": 900})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queues, name)


@dataclass
class MailRoad:
    """A school, its people, and the workers that mail them."""

    system: TestSystem
    ses: StrictSes
    monkeypatch: Any
    context: Context = field(default_factory=Context)
    again: list[str] = field(default_factory=list)
    """What the last delivery put back with a delay, which moto's own clock would hide for a quarter of an hour."""

    def __post_init__(self) -> None:
        self.ses.clock = self.system.clock
        self.system.wirings["deliver_links"] = self.worker()

    def worker(self) -> Wiring:
        """A container of deliver_links; waiting moves the clock instead of wasting time."""
        others = {"sesv2": self.ses, "sqs": _PutsBack(self.system.clients("sqs"), self._keep)}
        return Wiring(
            Settings("deliver_links", self.system.environment),
            clients=self.system.watched("deliver_links", lambda service: others.get(service) or self.system.clients(service)),
            clock=self.system.clock,
            sleep=self.sleep,
        )

    def _keep(self, body: str) -> None:
        self.again.append(body)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.system.clock.now += seconds
        self.context.seconds -= seconds

    def person(self, number: int, /, school: str = "northbridge", **facts: Any) -> Person:
        """A person who is in the directory."""
        given: dict[str, Any] = {
            "id": f"{number:020d}",
            "role": "student",
            "given_name": f"G{number:04d}",
            "family_name": "Lee",
            "email": f"p{number}@x.example",
            "username": f"p{number}",
        }
        given |= facts
        key = self.system.wiring("operate").lookup_key(school)
        for name in ("email", "username"):
            if given[name] is not None:
                given[f"{name}_key"] = lookup(key, name, given[name])
        made = Person(**given)
        self.system.wiring("read_roster").directory(school).put_new([made])
        return made

    def start(self, selection: Selection | None = None, school: str = "northbridge") -> str:
        """What the console does when an admin sends: everybody, if it is not said who."""
        send = Send(
            id=new_id(),
            kind="password_link",
            state="queued",
            origin="admin",
            created_at=int(self.system.clock()),
            created_by="a" * 20,
            selection=selection or Selection(filter={}),
        )
        console = self.system.wiring("console")
        console.sends(school).make(send)
        console.queue("PLAN_QUEUE").put({"kind": "send", "school": school, "send": send.id})
        return send.id

    def ask(self, message: dict[str, Any]) -> None:
        """What the portal does when somebody asks for a mail."""
        self.system.wiring("portal").queue("REQUESTS_QUEUE").put(message)

    def forgot(self, typed: str, by: str = "email", school: str = "northbridge", source: str = "ab" * 16) -> dict[str, Any]:
        """The message for what somebody typed."""
        key = lookup(self.system.wiring("operate").lookup_key(school), by, typed)
        return {
            "kind": "forgot",
            "school": school,
            "request": new_id(),
            "by": by,
            "key": key,
            "from": source,
            "at": int(self.system.clock()),
        }

    def plan(self, bodies: Iterable[str] | None = None) -> list[str]:
        """Let plan_send work on messages (those of its queues); the bodies that failed."""
        import plan_send.handler as door

        self.monkeypatch.setattr(door, "system", lambda: self.system.wiring("plan_send"))
        if bodies is None:
            bodies = self.system.messages("PLAN_QUEUE") + self.system.messages("REQUESTS_QUEUE")
        return run(door.handle, bodies, "PLAN_QUEUE", self.context)

    def deliver(self, bodies: Iterable[str] | None = None, worker: Wiring | None = None) -> list[str]:
        """Let deliver_links work on messages (those of its queues); the bodies that failed."""
        import deliver_links.handler as door

        self.monkeypatch.setattr(door, "system", lambda: worker or self.system.wiring("deliver_links"))
        if bodies is None:
            bodies = self.chunks()
        self.again = []
        return run(door.handle, bodies, "DELIVER_QUEUE", self.context)

    def chunks(self) -> list[str]:
        """Take the messages of chunks."""
        return self.system.messages("URGENT_QUEUE") + self.system.messages("DELIVER_QUEUE")

    def send(self, send: str, *, origin: Origin = "admin", school: str = "northbridge") -> Send:
        """A send as it is now."""
        found = self.system.wiring("console").sends(school).get(send, origin=origin)
        assert found is not None
        return found

    def states(self, send: str, school: str = "northbridge") -> dict[str, tuple[str, str | None]]:
        """``(state, reason)`` of each person of a send's ledger; nobody stands in it twice."""
        found: dict[str, tuple[str, str | None]] = {}
        for chunk in self.system.wiring("console").ledger(school).chunks(send):
            for mail in chunk.mails:
                for account in mail.accounts:
                    assert account.person not in found
                    found[account.person] = (mail.state, mail.reason)
        return found


def run(handle: Any, bodies: Iterable[str], queue: str, context: Any) -> list[str]:
    """Hand messages to a door; the bodies that it failed."""
    event = event_of(bodies, queue)
    if not event["Records"]:
        return []
    failed = {each["itemIdentifier"] for each in handle(event, context)["batchItemFailures"]}
    return [record["body"] for record in event["Records"] if record["messageId"] in failed]


def message(**values: Any) -> str:
    """A message's body."""
    return json.dumps({"v": 1, **values})
