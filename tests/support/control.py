"""What an admin does to sends on the mail road, and what must hold afterwards."""

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from latchkey.errors import TryLater
from latchkey.password_links.model import links
from latchkey.people.model.person import Person
from latchkey.sends import control_send, repeat_send
from latchkey.sends.deliver_links import Work, deliver_chunks
from latchkey.sends.model.send import Send
from latchkey.shared.model.messages import Message
from tests.support.mail_road import MailRoad

SCHOOL = "northbridge"
ADMIN = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)


def started(road: MailRoad, people: int, *, planned: bool = True) -> str:
    """A send to so many people."""
    for number in range(1, people + 1):
        road.person(number)
    send = road.start()
    if planned:
        assert road.plan() == []
    return send


def pause(road: MailRoad, send: str) -> control_send.Turned:
    """An admin pauses it."""
    return control_send.pause(road.system.wiring("console"), SCHOOL, ADMIN, send)


def resume(road: MailRoad, send: str) -> control_send.Turned:
    """An admin resumes it."""
    return control_send.resume(road.system.wiring("console"), SCHOOL, ADMIN, send)


def cancel(road: MailRoad, send: str, *, revoke: bool = False) -> control_send.Turned:
    """An admin cancels it."""
    return control_send.cancel(road.system.wiring("console"), SCHOOL, ADMIN, send, revoke=revoke)


def retry(road: MailRoad, send: str) -> tuple[Send, bool]:
    """An admin retries its failures; whether that made a send."""
    console = road.system.wiring("console")
    school = console.schools.get(SCHOOL)
    assert school is not None
    found = repeat_send.retry(console, school, ADMIN, send)
    return found.run, found.new


def adds_up(road: MailRoad, send: str) -> None:
    """The send's counters say what its ledger says, and add up to everybody."""
    found = road.send(send)
    ledger = Counter(state for state, _ in road.states(send).values())
    assert {state: count for state, count in found.counts.items() if count} == dict(ledger)
    assert sum(found.counts.values()) == found.total


def audited(road: MailRoad) -> list[str]:
    """What stands in the audit."""
    events, _ = road.system.wiring("console").audit(SCHOOL).page(limit=100)
    return [event["action"] for event in events]


def works(road: MailRoad, url: str) -> bool:
    """Whether a link that was mailed still works."""
    token = url.partition("#")[2]
    found = links.read(token)
    assert found is not None
    person = road.system.wiring("portal").directory(SCHOOL).person(found[0].person)
    return links.fault(found[0], token, person, int(road.system.clock())) is None


def drain(road: MailRoad) -> None:
    """Let all workers run until nothing moves any more."""
    for _ in range(50):
        plans = road.system.messages("PLAN_QUEUE")
        bodies = road.chunks()
        if not plans and not bodies:
            return
        road.plan(plans)
        road.deliver(bodies)
    raise AssertionError("the queues never get empty")


def deliver_part(road: MailRoad, part: list[str]) -> None:
    """Let a worker of its own work on messages; what fails stays."""
    worker = road.worker()
    for body in part:
        with suppress(TryLater):
            deliver_chunks(worker, Work.of(Message(body)), lambda: 100.0)


def at_once(jobs: list[Callable[[], None]]) -> None:
    """Run jobs in threads of their own; what went wrong in one goes wrong here."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()


def busy(*_: object, **__: object) -> None:
    """A service that cannot be reached just now."""
    raise TryLater()


def apart(bodies: list[str]) -> list[str]:
    """Messages of chunks, each for one chunk."""
    given = [json.loads(body) for body in bodies]
    return [
        json.dumps({**each, "chunk": each["chunk"] + more, "chunks": 1})
        for each in given
        for more in range(each.get("chunks", 1))
    ]
