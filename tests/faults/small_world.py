"""A world so small that all of it can be seen: two workers, three mails, one send, and everything that can happen to them.

It is explored breadth first, on the product's own use cases, rules and stores over DynamoDB in memory, so the first state that
breaks a promise is told with the shortest way to it. What can happen next, in any state:

- a worker takes a message, or a second worker takes the same one (SQS delivers at least once);
- a worker makes its next call of AWS: DynamoDB answers, SQS takes a message, SES answers in one of several ways;
- a worker dies, before any of its calls, and its message comes again;
- SES tells what became of a mail it has taken: at once, late, twice, never;
- an admin pauses, resumes, cancels, retries, or plans anew who had changed; a roster corrects somebody's address;
- a quarter of an hour passes, which is more than a lease and the grace period.

**A worker is its history.** What it does next depends only on its message and on what its calls were answered so far. So each
history is played once, up to the first call that it has no answer for; that call is the worker's next step. There it stands
(``worker_standing``) until the first of its answers is known; for any other it is played again from the start.

**What is merged, and why that is sound.**

- The two workers are alike, so which is called the first does not matter: their states are sorted.
- What does not touch what is shared is no step: KMS, GetAccount, what is kept in memory, an audit event written by itself.
- What an admin or an event does is one step. Each changes the ledger in one conditional write; where another was quicker that
  write fails, changes nothing, and it is all read again. So whatever interleaves has the outcome of one after the other.
- The rate is left out: every slot is free and begins now. It decides when a mail goes, never whether or to whom.
- No time passes while a worker lives: a function ends after two minutes, and whatever is in its hands with it.
- A message may come at any time, also one that was put with a delay: more can happen here than in the queue.
- How often each trouble comes is bounded (``Bounds``): the bounded worlds are explored whole, and several of them.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, NamedTuple
from unittest import mock

from botocore.exceptions import ClientError, ReadTimeoutError

from latchkey.errors import LatchkeyError
from latchkey.mail.model.pace import Slot
from latchkey.people.model.person import Person
from latchkey.people.stores.items import person_to_item
from latchkey.schools.model.school import School
from latchkey.schools.stores.schools import school_to_item
from latchkey.sends import control_send, repeat_send
from latchkey.sends.cancel_chunks import cancel_chunks
from latchkey.sends.deliver_links import Work, deliver_chunks
from latchkey.sends.mail_feedback import record_events
from latchkey.sends.model.send import Chunk, Selection, Send
from latchkey.sends.plan_send import plan_send
from latchkey.sends.stores.items import send_to_item
from latchkey.settings import NEEDS, FunctionName, Settings
from latchkey.shared.model.messages import Message
from latchkey.shared.stores.dynamo import pack_item
from latchkey.wiring import Wiring
from tests.faults.promises import Broken, Taken, adds_up, is_true
from tests.faults.snapshots import Tables
from tests.faults.worker_standing import Call, Node, Standing
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.memory_world import SPECIAL, MemoryKms
from tests.support.ses_events import event

SLUG = "northbridge"
START = 1_795_000_000
QUARTER = 1_000  # seconds: a lease and the grace period are over
SCHOOL = School(slug=SLUG, name="Northbridge Academy")
ADMIN = Person(id="a" * 20, role="staff", given_name="Ada", family_name="Admin", is_admin=True)
FIRST, SECOND = "0" * 25 + "1", "0" * 25 + "2"  # the send, and the one that takes up what it left
_LINK = re.compile(r"set-password#[A-Za-z0-9_.~-]+")
_TABLES = {"directory_table": "directory", "activity_table": "activity"}


def person(number: int, email: str, *, new: bool = False, language: str = "") -> Person:
    """One of the three, or a fourth."""
    return Person(
        id=f"{number:020d}",
        role="student",
        given_name=f"G{number}",
        family_name="Lee",
        email=email,
        email_key=f"key-of-{email}",
        password_set_at=None if new else START - 9,
        language=language,
    )


PEOPLE = (person(1, "a@x.example"), person(2, "b@x.example"), person(3, "c@x.example", new=True))
"""Two share a chunk; the third has never had a password, and is the chunk before."""
FOURTH = person(4, "d@x.example", language="cy")
"""Who reads another language, and so has a chunk of their own."""
MOVES, BOUNCES = PEOPLE[0], PEOPLE[1]
RIGHT = "right@x.example"


@dataclass(frozen=True)
class Bounds:
    """How often each thing may happen."""

    crashes: int = 0
    troubles: int = 0
    copies: int = 0
    quarters: int = 0
    events: int = 0
    pauses: int = 0
    cancels: int = 0
    retries: int = 0
    changes: int = 0
    replans: int = 0
    moods: tuple[str, ...] = ("lost", "silent", "slow", "some", "refused")


class Left(NamedTuple):
    """What of the bounds is left."""

    crashes: int
    troubles: int
    copies: int
    quarters: int
    events: int
    pauses: int
    cancels: int
    retries: int
    changes: int
    replans: int


class Worker(NamedTuple):
    """One that has a message. ``knew``: whether somebody had changed when it took it; ``out``: with SES and not written down."""

    body: str
    node: int
    knew: bool
    out: frozenset[tuple[str, str]]


class State(NamedTuple):
    """All that the future depends on. ``tables`` is the number of a snapshot, ``queue`` holds bodies of messages."""

    tables: int
    quarter: int
    workers: tuple[Worker, ...]
    queue: tuple[str, ...]
    ses: frozenset[tuple[tuple[str, str], Taken]]
    left: Left


class _Rate:
    """Every slot is free and begins now."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock

    def take(self, mails: int, _each_second: float, *, urgent: bool, more: int) -> list[Slot]:
        assert not urgent
        assert more >= 0
        return [Slot(self._clock(), mails)]

    def wait_for(self, _slot: Slot) -> bool:
        return True

    def rest(self, _seconds: float) -> None:
        return

    def leave(self) -> None:
        return


class _Client:
    """A service whose calls go to ``call(service, operation, request)``."""

    def __init__(self, service: str, call: Callable[[str, str, dict[str, Any]], Any]) -> None:
        self._service, self._call = service, call

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return lambda **request: self._call(self._service, operation, request)


class _Wiring(Wiring):
    """A container over the small world."""

    def __init__(self, function: FunctionName, call: Callable[[str, str, dict[str, Any]], Any], now: int) -> None:
        environment = {name: name.lower() for name in NEEDS[function]} | SPECIAL
        clients = {name: _Client(name, call) for name in ("dynamodb", "sqs", "sesv2")}
        super().__init__(
            Settings(function, environment), {**clients, "kms": MemoryKms()}.__getitem__, lambda: now, lambda _: None
        )

    @cached_property
    def rate(self) -> Any:
        """No rate."""
        return _Rate(self.time)


class Universe:
    """Everything that can become of one send within some bounds. ``explore`` raises ``Broken`` with the shortest way there."""

    def __init__(self, bounds: Bounds, people: tuple[Person, ...] = PEOPLE) -> None:
        self.bounds = bounds
        self.people = people
        self.tables = Tables()
        self._histories: dict[tuple[str, int, tuple[int, ...]], int] = {}
        self._places: list[tuple[str, int, tuple[int, ...]]] = []
        self._nodes: list[Node] = []
        self._standing: dict[tuple[str, int, tuple[int, ...]], Standing] = {}
        self._answers: list[Any] = []
        self._answer_numbers: dict[str, int] = {}
        self._applied: dict[tuple[int, int], tuple[int, int]] = {}
        self._acts: dict[tuple[str, int, int], tuple[int, tuple[str, ...]] | None] = {}
        self._added_up: set[int] = set()
        self.ways: dict[State, tuple[State, str] | None] = {}
        self.steps = 0

    # The exploration

    def explore(self) -> int:
        """How many states there are. Each is looked at, and each step."""
        first = self._first()
        self.ways = {first: None}
        waiting = deque([first])
        while waiting:
            state = waiting.popleft()
            try:
                self._hold(state)
                for name, following in self._following(state):
                    self.steps += 1
                    if following not in self.ways:
                        self.ways[following] = state, name
                        waiting.append(following)
            except Broken as broken:
                raise Broken(self._told(state, str(broken))) from None
        return len(self.ways)

    def _told(self, state: State, fault: str) -> str:
        path = []
        while (way := self.ways[state]) is not None:
            state, name = way
            path.append(name)
        return "\n".join([fault, *(f"  {place}. {name}" for place, name in enumerate(reversed(path), 1))])

    def _first(self) -> State:
        dynamo = MemoryDynamo()
        directory = dynamo.tables.setdefault("directory_table", {})
        for item in [school_to_item(SCHOOL), *(person_to_item(SLUG, each) for each in self.people)]:
            directory[str(item["pk"]), str(item["sk"])] = pack_item(item)
        send = Send(
            id=FIRST,
            kind="password_link",
            state="queued",
            origin="admin",
            created_at=START,
            created_by=ADMIN.id,
            selection=Selection(ids=tuple(each.id for each in self.people)),
        )
        item = send_to_item(SLUG, send)
        dynamo.tables["activity_table"] = {(str(item["pk"]), str(item["sk"])): pack_item(item)}
        body = json.dumps({"v": 1, "kind": "send", "school": SLUG, "send": FIRST})
        bounds = Left(*(getattr(self.bounds, name) for name in Left._fields))
        return State(self.tables.frozen(dynamo), 0, (), (body,), frozenset(), bounds)

    def _following(self, state: State) -> Iterator[tuple[str, State]]:
        left = state.left
        for body in dict.fromkeys(state.queue):
            if len(state.workers) < 2:
                yield f"a worker takes {_short(body)}", self._take(state, body, copy=False)
                if left.copies:
                    yield f"a worker takes a copy of {_short(body)}", self._take(state, body, copy=True)
        for place, worker in enumerate(state.workers):
            if place and worker == state.workers[0]:
                continue
            yield from self._step(state, place)
            if left.crashes:
                yield f"the worker of {_short(worker.body)} dies", self._dead(state, place, _less(left, "crashes"))
        yield from self._acts_of(state)
        if left.quarters:
            later = state._replace(quarter=state.quarter + 1, left=_less(left, "quarters"))
            while later.workers:
                later = self._dead(later, 0, later.left)
            yield "a quarter of an hour passes", later

    def _acts_of(self, state: State) -> Iterator[tuple[str, State]]:
        """What admins, events and a roster can do."""
        left = state.left
        if left.events:
            for (send, address), _ in state.ses:
                yield from self._act(state, f"SES tells of {address} of send {send[-1]}", "events", f"event {send} {address}")
        for act, bound in (("pause", "pauses"), ("cancel", "cancels"), ("change", "changes")):
            if getattr(left, bound):
                yield from self._act(state, act, bound, act)
        yield from self._act(state, "resume", "", "resume")
        for act, bound in (("retry", "retries"), ("replan", "replans")):
            if getattr(left, bound):
                yield from self._act(state, act, bound, act)

    # Workers

    def _take(self, state: State, body: str, *, copy: bool) -> State:
        queue, left = list(state.queue), state.left
        if copy:
            left = _less(left, "copies")
        else:
            queue.remove(body)
        knew = not state.left.changes and bool(self.bounds.changes)
        worker = Worker(body, self._node(body, state.quarter, ()), knew, frozenset())
        return self._settled(state._replace(queue=tuple(queue), left=left), (*state.workers, worker))

    def _dead(self, state: State, place: int, left: Left) -> State:
        workers = list(state.workers)
        gone = workers.pop(place)
        ses = dict(state.ses)
        for mail in gone.out:
            ses[mail] = ses[mail]._replace(unsure=True)
        queue = tuple(sorted({*state.queue, gone.body}))
        return state._replace(workers=tuple(workers), queue=queue, ses=frozenset(ses.items()), left=left)

    def _settled(self, state: State, workers: tuple[Worker, ...]) -> State:
        """The state with these workers; those that have ended are gone, and the message of one that gave up comes again."""
        queue, live = set(state.queue), []
        for worker in workers:
            ended = self._nodes[worker.node].ended
            if ended == "back":
                queue.add(worker.body)
            if not ended:
                live.append(worker)
        return state._replace(workers=tuple(sorted(live, key=_order)), queue=tuple(sorted(queue)))

    def _step(self, state: State, place: int) -> Iterator[tuple[str, State]]:
        """What can come of a worker's next call."""
        worker = state.workers[place]
        node = self._nodes[worker.node]
        others = tuple(each for number, each in enumerate(state.workers) if number != place)
        what = f"the worker of {_short(worker.body)}: {node.operation}"

        def on(answer: int, out: frozenset[tuple[str, str]], **facts: Any) -> State:
            body, quarter, history = self._places[worker.node]
            moved = worker._replace(node=self._node(body, quarter, (*history, answer)), out=out)
            return self._settled(state._replace(**facts), (*others, moved))

        if node.service == "dynamodb":
            key = state.tables, worker.node
            if key not in self._applied:
                dynamo = self.tables.thawed(state.tables)
                answer = self._answer(_call(dynamo, node.operation, node.request))
                self._applied[key] = answer, self.tables.frozen(dynamo)
            answer, tables = self._applied[key]
            self._watch(state.tables, tables)
            written = node.operation == "transact_write_items" and not isinstance(self._answers[answer], _Error)
            yield what, on(answer, self._in_hand(tables, worker.out) if written else worker.out, tables=tables)
        elif node.service == "sqs":
            bodies = [each["MessageBody"] for each in node.request.get("Entries", [node.request])]
            queue = tuple(sorted({*state.queue, *bodies}))
            yield what, on(self._answer({"Failed": []}), worker.out, queue=queue)
        else:
            yield from self._mailed(state, worker, node, on)

    def _mailed(self, state: State, worker: Worker, node: Node, on: Callable[..., State]) -> Iterator[tuple[str, State]]:
        """SES's answers to a call."""
        entries = node.request["BulkEmailEntries"]
        send = next(tag["Value"] for tag in node.request["DefaultEmailTags"] if tag["Name"] == "send")
        self._one_by_one(state, worker, node)
        mails = []
        for entry in entries:
            (to,) = entry["Destination"]["ToAddresses"]
            (link,) = set(_LINK.findall(json.dumps(entry)))
            mails.append(((send, to), link))
        less = _less(state.left, "troubles") if state.left.troubles else None
        done = [{"Status": "SUCCESS", "MessageId": "m"}] * len(mails)
        moods: list[tuple[str, int, Any, int, Left | None]] = [
            ("takes all", len(mails), {"BulkEmailEntryResults": done}, 0, state.left)
        ]
        for mood in self.bounds.moods if less else ():
            if mood == "lost":
                moods.append(("takes all, and its answer is lost", len(mails), _Error("lost", {}), len(mails), less))
            elif mood == "silent":
                answer = {"BulkEmailEntryResults": [*done[:-1], {}]}
                moods.append(("takes all, and says nothing of the last", len(mails), answer, 1, less))
                moods.append(("takes all, and leaves the last out", len(mails), {"BulkEmailEntryResults": done[:-1]}, 1, less))
            elif mood == "slow":
                moods.append(("is too busy", 0, _Error("send_bulk_email", _error("TooManyRequestsException")), 0, less))
            elif mood == "some" and len(mails) > 1:
                answer = {"BulkEmailEntryResults": [*done[:-1], {"Status": "ACCOUNT_THROTTLED"}]}
                moods.append(("takes all but the last for now", len(mails) - 1, answer, 0, less))
            elif mood == "refused":
                answer = {"BulkEmailEntryResults": [*done[:-1], {"Status": "MESSAGE_REJECTED"}]}
                moods.append(("refuses the last", len(mails) - 1, answer, 0, less))
        for mood_name, count, said, unsure, left in moods:
            ses, out = dict(state.ses), set(worker.out)
            for place, (mail, link) in enumerate(mails[:count]):
                ses[mail] = self._accepted(state, worker, mail, link, place >= len(mails) - unsure)
                out.add(mail)
            yield (
                f"the worker of {_short(worker.body)}: SES {mood_name}: {', '.join(mail[1] for mail, _ in mails)}",
                on(self._answer(said), frozenset(out), ses=frozenset(ses.items()), left=left),
            )

    def _in_hand(self, tables: int, out: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those mails of a worker that are in chunks which it has not given back."""
        chunks = self.tables.view(tables).chunks
        held = {
            (send, mail.to) for send in chunks for chunk in chunks[send].values() if chunk.lease_until for mail in chunk.mails
        }
        return out & held

    def _one_by_one(self, state: State, worker: Worker, node: Node) -> None:
        """What is out and not written down is of one chunk: more would be in doubt if the worker died."""
        tags = {tag["Name"]: tag["Value"] for tag in node.request["DefaultEmailTags"]}
        chunk = self.tables.view(state.tables).chunks[tags["send"]][int(tags["chunk"])]
        if not worker.out <= {(chunk.send, mail.to) for mail in chunk.mails}:
            raise Broken(f"a chunk of send {chunk.send[-1]} is mailed before it is written down what became of the one before")

    def _accepted(self, state: State, worker: Worker, mail: tuple[str, str], link: str, unsure: bool) -> Taken:
        """What SES has of a mail once it takes it; the promises about what goes out."""
        send, to = mail
        if to == MOVES.email and worker.knew:
            raise Broken(f"{to} is mailed by a worker that took its message after the address was corrected")
        before = dict(state.ses).get(mail)
        if before is None:
            return Taken(1, state.quarter, link, unsure)
        if not before.unsure:
            raise Broken(f"{to} is mailed twice by send {send[-1]}, and it was known that SES had taken the first")
        if before.quarter == state.quarter:
            raise Broken(f"{to} is mailed twice by send {send[-1]} within the grace period")
        if before.link != link:
            raise Broken(f"{to} gets two different links of send {send[-1]}")
        return Taken(before.times + 1, state.quarter, link, True)

    def _node(self, body: str, quarter: int, history: tuple[int, ...]) -> int:
        place = body, quarter, history
        if place not in self._histories:
            self._histories[place] = len(self._nodes)
            self._places.append(place)
            self._nodes.append(self._play(*place))
        return self._histories[place]

    def _play(self, body: str, quarter: int, history: tuple[int, ...]) -> Node:
        """Play a history; the call at which it ends, or how the worker ended."""
        before = body, quarter, history[:-1]
        standing = self._standing.pop(before, None) if history else None
        if standing is None:
            standing = Standing(lambda call: self._work(body, quarter, call))
            for answer in history[:-1]:
                standing.goes_on(self._answers[answer])
        node = standing.goes_on(self._answers[history[-1]]) if history else standing.node
        if not node.ended:
            self._standing[body, quarter, history] = standing
        return node

    def _work(self, body: str, quarter: int, call: Call) -> str:
        """A worker with a message; how it ends."""

        def answered(service: str, operation: str, request: dict[str, Any]) -> Any:
            if operation == "get_account":
                return {"SendingEnabled": True, "SendQuota": {"Max24HourSend": -1.0, "MaxSendRate": 100.0}}
            if operation == "put_item" and request["Item"]["pk"]["S"].endswith("#AUDIT"):
                return {}
            return _given(call(service, operation, request))

        message = Message(body)
        function: FunctionName = "plan_send" if "kind" in _said(body) else "deliver_links"
        system = _Wiring(function, answered, START + quarter * QUARTER)
        try:
            if function == "deliver_links":
                deliver_chunks(system, Work.of(message), lambda: 100.0)
            elif message.text("kind") == "cancel":
                cancel_chunks(system, SLUG, message.id("send"), message.number("chunk"))
            else:
                plan_send(system, SLUG, message.id("send"))
        except LatchkeyError:
            return "back"
        return "done"

    def _answer(self, answer: Any) -> int:
        number = self._answer_numbers.setdefault(repr(answer), len(self._answers))
        if number == len(self._answers):
            self._answers.append(answer)
        return number

    # Admins, events, and a roster: each in one step

    def _act(self, state: State, name: str, bound: str, act: str) -> Iterator[tuple[str, State]]:
        key = act, state.tables, state.quarter
        if key not in self._acts:
            self._acts[key] = self._acted(*key)
        found = self._acts[key]
        if found is None:
            return  # it is refused
        tables, bodies = found
        self._watch(state.tables, tables)
        left = _less(state.left, bound) if bound else state.left
        yield name, state._replace(tables=tables, queue=tuple(sorted({*state.queue, *bodies})), left=left)

    def _acted(self, act: str, tables: int, quarter: int) -> tuple[int, tuple[str, ...]] | None:
        """The tables and the new messages after an act; None where it does not apply."""
        dynamo = self.tables.thawed(tables)
        bodies: list[str] = []

        def call(service: str, operation: str, request: dict[str, Any]) -> Any:
            if service == "sqs":
                bodies.extend(each["MessageBody"] for each in request.get("Entries", [request]))
                return {"Failed": []}
            return getattr(dynamo, operation)(**request)

        now = START + quarter * QUARTER
        send = self.tables.view(tables).sends[FIRST]
        console = _Wiring("console", call, now)
        word, *rest = act.split()
        try:
            if word == "event":
                of, address = rest
                number = next(
                    chunk.number
                    for chunk in self.tables.view(tables).chunks[of].values()
                    if address in {mail.to for mail in chunk.mails}
                )
                kind = "Bounce" if address == BOUNCES.email else "Delivery"
                record_events(_Wiring("mail_feedback", call, now), [event(kind, [address], now, send=of, chunk=number)])
            elif word == "change":
                facts: dict[str, Any] = {"email": RIGHT, "email_key": f"key-of-{RIGHT}"}
                console.directory(SLUG).change(MOVES.id, facts)
            elif word in {"retry", "replan"}:
                with mock.patch.object(repeat_send, "new_id", return_value=SECOND):
                    getattr(repeat_send, word)(console, SCHOOL, ADMIN, FIRST)
            elif word == "resume" and send.state != "paused":
                return None
            else:
                getattr(control_send, word)(console, SLUG, ADMIN, FIRST)
        except LatchkeyError:
            return None
        after = self.tables.frozen(dynamo)
        return (after, tuple(bodies)) if (after != tables or bodies) else None

    # The promises

    def _watch(self, before: int, after: int) -> None:
        """What no step may do: take a chunk of a send that does not run."""
        if before == after:
            return
        was, now = self.tables.view(before), self.tables.view(after)
        for send, chunks in now.chunks.items():
            for number, chunk in chunks.items():
                old = was.chunks.get(send, {}).get(number)
                if old is not None and chunk.attempt > old.attempt and was.sends[send].state != "running":
                    raise Broken(f"a chunk of send {send[-1]} is taken while it is {was.sends[send].state}")

    def _hold(self, state: State) -> None:
        """What must hold in every state."""
        view, ses = self.tables.view(state.tables), dict(state.ses)
        bodies = [_said(body) for body in (*state.queue, *(worker.body for worker in state.workers))]
        for send in view.sends.values():
            if not send.chunks:
                continue
            chunks = [chunk for chunk in view.chunks[send.id].values() if chunk.number <= send.chunks]
            if state.tables not in self._added_up:
                adds_up(send, chunks, view.open[send.id])
            for chunk in chunks:
                for mail in chunk.mails:
                    is_true(send.id, mail.state, mail.reason, mail.to, ses.get((send.id, mail.to)))
                if send.state == "running" and chunk.state != "done" and not any(_names(each, chunk) for each in bodies):
                    raise Broken(f"chunk {chunk.number} of send {send.id[-1]} is not done, and no message names it")
        self._added_up.add(state.tables)


class _Error(NamedTuple):
    """An answer that is an error."""

    operation: str
    response: dict[str, Any]


def _given(answer: Any) -> Any:
    if isinstance(answer, _Error):
        if answer.operation == "lost":
            raise ReadTimeoutError(endpoint_url="https://email.example")
        raise ClientError(answer.response, answer.operation)  # type: ignore[arg-type]
    return answer


def _call(dynamo: MemoryDynamo, operation: str, request: dict[str, Any]) -> Any:
    try:
        return getattr(dynamo, operation)(**request)
    except ClientError as error:
        return _Error(operation, error.response)  # type: ignore[arg-type]


def _error(code: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": "no"}}


def _less(left: Left, bound: str) -> Left:
    return left._replace(**{bound: getattr(left, bound) - 1})


def _order(worker: Worker) -> tuple[Any, ...]:
    return worker.body, worker.node, worker.knew, sorted(worker.out)


@cache
def _said(body: str) -> dict[str, Any]:
    """What a message says; nobody changes it."""
    values: dict[str, Any] = json.loads(body)
    return values


@cache
def _short(body: str) -> str:
    values = _said(body)
    if "kind" in values:
        return f"the {'plan' if values['kind'] == 'send' else values['kind']} of send {values['send'][-1]}"
    more = values.get("chunks", 1) - 1
    chunks = f"chunk {values['chunk']}" + (f" and {more} more" if more else "")
    return f"{chunks} of send {values['send'][-1]}"


def _names(values: dict[str, Any], chunk: Chunk) -> bool:
    """Whether a message will see to a chunk."""
    if values["send"] != chunk.send:
        return False
    if "kind" in values:
        return bool(values["kind"] == "send")
    return bool(0 <= chunk.number - values["chunk"] < values.get("chunks", 1))


def within(bounds: Bounds, **more: Any) -> Universe:
    """A universe of these bounds and more."""
    return Universe(replace(bounds, **more))
