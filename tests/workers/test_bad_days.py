"""A service fails for ten seconds or for ten minutes while something is worked on: it goes on by itself, and soon.

The clock is simulated; workers, queues, visibility timeouts and the time that each function has are the template's own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from latchkey.login_details.model.runs import ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.start_export import new_run, start_run
from latchkey.people.model.person import Person
from latchkey.rosters.model.runs import LEASE
from latchkey.rosters.start_roster import start_roster
from latchkey.rosters.watch_roster import ask_to_apply
from latchkey.schools.model.school import School
from latchkey.sends.model.send import Selection, Send
from latchkey.shared.model.identifiers import lookup
from latchkey.shared.model.ids import new_id, person_id
from tests.support.bad_days import Killed, World, throttled
from tests.support.rosters import plain, row
from tests.support.ses import refusal

NORTHBRIDGE = School(slug="northbridge", name="Northbridge Academy", town="Northbridge", postcode="NB1 2CD")
PEOPLE = 120
ADMIN = Person(id="a" * 20, role="teacher", given_name="Ada", family_name="Byrne", is_admin=True)
NOT_REACHED = EndpointConnectionError(endpoint_url="https://email.example")
Done = Callable[[World], float]
"""When the work was done; an error if it was not."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return made_world(monkeypatch)


def made_world(monkeypatch: pytest.MonkeyPatch) -> World:
    """A school of some students."""
    made = World(monkeypatch.setattr)
    operator, worker = made.wiring("operate"), made.wiring("read_roster")
    assert operator.schools.make(NORTHBRIDGE)
    key = operator.lookup_key(NORTHBRIDGE.slug)
    worker.directory(NORTHBRIDGE.slug).put_new(person(number, key) for number in range(1, PEOPLE + 1))
    return made


def person(number: int, key: bytes) -> Person:
    email = f"s{number}@pupils.northbridge.example"
    return Person(
        id=person_id(NORTHBRIDGE.slug, f"S{number}"),
        role="student",
        given_name=f"Given{number}",
        family_name="Lee",
        email=email,
        email_key=lookup(key, "email", email),
        username=f"user{number}",
        mis_id=f"S{number}",
        number=number,
        year_group="7",
        registration_group="7A",
    )


def mailed(world: World, *numbers: int) -> None:
    """Everybody has a mail, and nobody two with different links."""
    for number in numbers:
        mails = world.ses.to(f"s{number}@pupils.northbridge.example")
        assert mails, f"number {number} has no mail"
        assert len({tuple(mail.links) for mail in mails}) == 1


def forgot(world: World) -> Done:
    """Somebody has asked for a link."""
    system = world.wiring("plan_send")
    key = lookup(world.wiring("portal").lookup_key(NORTHBRIDGE.slug), "email", "s7@pupils.northbridge.example")
    request = new_id(system.now())
    world.put(
        "requests_queue",
        kind="forgot",
        school=NORTHBRIDGE.slug,
        request=request,
        by="email",
        key=key,
        at=system.now(),
        **{"from": "0" * 32},
    )

    def done(world: World) -> float:
        mailed(world, 7)
        assert len(world.ses.mails) == len(world.ses.to("s7@pupils.northbridge.example"))
        return world.ses.mails[-1].at

    return done


def send(world: World) -> Done:
    """An admin has sent everybody a link."""
    system = world.wiring("console")
    made = Send(
        id=new_id(system.now()),
        kind="password_link",
        state="queued",
        origin="admin",
        created_at=system.now(),
        created_by=ADMIN.id,
        selection=Selection(filter={}),
    )
    system.sends(NORTHBRIDGE.slug).make(made)
    world.put("plan_queue", kind="send", school=NORTHBRIDGE.slug, send=made.id)

    def done(world: World) -> float:
        mailed(world, *range(1, PEOPLE + 1))
        found = world.wiring("console").sends(NORTHBRIDGE.slug).get(made.id)
        assert found is not None
        assert (found.state, found.waiting, found.counts["sent"]) == ("finished", None, PEOPLE)
        return found.finished_at or 0

    return done


def preview(world: World) -> str:
    """An admin has uploaded a roster of 600 new students; the run's id."""
    console = world.wiring("console")
    run, _ = start_roster(console, NORTHBRIDGE.slug, ADMIN, "people.csv")
    world.s3.objects[f"uploads_bucket/{run.key}"] = plain(row(number) for number in range(1_001, 1_601))
    name, file = {"name": "uploads_bucket"}, {"key": run.key, "size": 1, "eTag": "x"}
    event = {"eventSource": "aws:s3", "eventName": "ObjectCreated:Post", "s3": {"bucket": name, "object": file}}
    world.put("roster_queue", Records=[event])
    return run.id


def roster_done(run_id: str, world: World) -> float:
    run = world.wiring("console").rosters(NORTHBRIDGE.slug).get(run_id)
    assert run is not None
    assert (run.state, run.counts["new"], run.counts["rejected"], run.done) == ("finished", 600, 0, 600)
    ids = [person_id(NORTHBRIDGE.slug, f"S{number}") for number in range(1_001, 1_601)]
    people = world.wiring("read_roster").directory(NORTHBRIDGE.slug).by_ids(ids)
    assert len({each.number for each in people}) == 600
    return run.finished_at or 0


def apply(world: World) -> Done:
    """An admin has looked at a roster and applies it."""
    run = preview(world)
    world.run()
    ask_to_apply(world.wiring("console"), NORTHBRIDGE.slug, ADMIN, run)
    return partial(roster_done, run)


def read(world: World) -> Done:
    """A roster was uploaded."""
    run_id = preview(world)

    def done(world: World) -> float:
        run = world.wiring("console").rosters(NORTHBRIDGE.slug).get(run_id)
        assert run is not None
        assert (run.state, run.previewed["new"]) == ("previewed", 600)
        (event,) = (
            each for each in world.wiring("console").audit(NORTHBRIDGE.slug).page()[0] if each["action"] == "roster.preview"
        )
        return float(event["at"])

    return done


def export(world: World) -> Done:
    """An admin has asked for everybody's login details."""
    console = world.wiring("console")
    wanted = ExportRequest(scope=Scope(), format="mail_merge_csv")
    run = start_run(console, NORTHBRIDGE.slug, new_run(console, NORTHBRIDGE.slug, ADMIN, wanted, None), {}).run

    def done(world: World) -> float:
        found = world.wiring("console").exports(NORTHBRIDGE.slug).get(run.id)
        assert found is not None
        assert (found.state, found.rows) == ("finished", PEOPLE)
        assert f"exports_bucket/{found.key}" in world.s3.objects
        return found.finished_at or 0

    return done


@dataclass(frozen=True)
class Case:
    """Work, and the call of a service at which that service fails."""

    work: Callable[[World], Done]
    service: str
    after: int
    error: Exception | None = None

    def __str__(self) -> str:
        return f"{self.work.__name__}-{self.service}-{self.after}"


TABLES = [Case(work, "dynamodb", after) for work in (forgot, send, read, apply, export) for after in (1, 2, 4, 7)]
TABLES += [Case(send, "dynamodb", after) for after in (10, 12, 14, 16, 18)]
TABLES += [Case(apply, "dynamodb", after) for after in (10, 14, 20, 30)]
TABLES += [Case(forgot, "dynamodb", after) for after in (9, 10, 11, 12)]
OTHERS = [Case(work, "kms", 1) for work in (forgot, send, apply, export)]
OTHERS += [Case(work, "sqs", after) for work, after in ((forgot, 1), (send, 1))]
OTHERS += [Case(work, "s3", 1) for work in (read, apply, export)]
MAIL = [Case(work, "sesv2", after, NOT_REACHED) for work in (forgot, send) for after in (1, 2)]
each_case = pytest.mark.parametrize("case", TABLES + OTHERS + MAIL, ids=str)


@each_case
def test_ten_seconds_cost_less_than_a_minute(world: World, case: Case) -> None:
    done = case.work(world)
    outage = world.fail(case.service, case.after, 10, case.error)
    world.run()
    assert done(world) <= outage.end + 60
    assert world.sqs.dead == []


@each_case
def test_after_ten_minutes_it_goes_on_by_itself_and_nothing_is_lost(world: World, case: Case) -> None:
    done = case.work(world)
    outage = world.fail(case.service, case.after, 600, case.error)
    world.run()
    # Where SQS itself cannot be told, its queue brings the message again when it has been hidden for as long as it may be.
    assert done(world) <= outage.end + (30 if case.service == "sqs" else 20) * 60
    assert world.sqs.dead == []


@pytest.mark.parametrize("seconds", [10, 600])
@pytest.mark.parametrize("work", [forgot, send])
def test_mail_that_ses_may_have_taken_is_sent_again_with_the_same_link(
    world: World, work: Callable[[World], Done], seconds: float
) -> None:
    """SES answers 503, and takes the mails all the same: the worst of both."""
    done, honest, ses = work(world), world.ses.send_bulk_email, world.ses

    def takes_and_fails(**request: Any) -> Any:
        if world.now < start + seconds:
            honest(**request)
            error = refusal("ServiceUnavailable")
            error.response["ResponseMetadata"] = {"HTTPStatusCode": 503}  # type: ignore[typeddict-item]
            raise error
        return honest(**request)

    start = world.now
    ses.send_bulk_email = takes_and_fails  # type: ignore[method-assign]
    world.run()
    assert done(world) <= start + seconds + 40 * 60
    assert world.sqs.dead == []


def test_whoever_comes_after_a_worker_that_died_waits_for_the_end_of_its_lease_once(world: World) -> None:
    """A second message (an admin asked again) goes on with the roster; the first one comes again a little later."""
    done = apply(world)
    (first,) = world.sqs.letters
    outage = world.fail("dynamodb", 10, 0.5, Killed())
    world.put("roster_queue", **{name: value for name, value in json.loads(first.body).items() if name != "v"})
    second = world.sqs.letters[1]
    world.run()
    assert done(world) <= outage.end + LEASE + 60
    assert (first.tries, second.tries) == (2, 2)


DEATHS = [(forgot, "dynamodb", after) for after in range(1, 14)] + [(forgot, "kms", 1)]
DEATHS += [(forgot, "sqs", 2)] + [(forgot, "sesv2", after) for after in (1, 2)]


@pytest.mark.parametrize(("work", "service", "after"), DEATHS)
def test_one_persons_mail_comes_within_a_minute_or_so_though_its_worker_died(
    world: World, work: Callable[[World], Done], service: str, after: int
) -> None:
    """Wherever Lambda ended it: out of memory, out of time, its machine gone; but for its first call, which says so."""
    done = work(world)
    outage = world.fail(service, after, 0.5, Killed())
    world.run()
    assert done(world) <= outage.end + 90
    assert world.sqs.dead == []


def test_somebody_whose_mail_ses_takes_and_denies_again_and_again_does_not_get_one_each_minute(world: World) -> None:
    """A worker dies after each call of SES, for an hour; no event comes."""
    done, honest, start = forgot(world), world.ses.send_bulk_email, world.now

    def takes_and_dies(**request: Any) -> Any:
        answer = honest(**request)
        if world.now < start + 3_600:
            raise Killed
        return answer

    world.ses.send_bulk_email = takes_and_dies  # type: ignore[method-assign]
    world.run()
    done(world)
    between = [round(later.at - earlier.at, -1) // 60 for earlier, later in pairwise(world.ses.mails)]
    assert between == [1, 2, 4, 8, 15, 15], "until the link has run out"


@pytest.mark.parametrize(
    ("work", "service", "most"), [(send, "dynamodb", 10), (apply, "dynamodb", 20), (export, "dynamodb", 20), (export, "s3", 20)]
)
def test_whole_runs_go_on_when_their_worker_cannot_live_any_more(
    world: World, work: Callable[[World], Done], service: str, most: int
) -> None:
    """Not after six times that, for which their queues would hide a message."""
    done = work(world)
    outage = world.fail(service, 4 if service == "dynamodb" else 1, 0.5, Killed())
    world.run()
    assert done(world) <= outage.end + most * 60
    assert world.sqs.dead == []


def slow_table(world: World, each_second: float) -> None:
    """Let the tables take so many new people a second, and no more."""
    honest, taken = world.tables.batch_write_item, [world.now]

    def batch_write_item(*, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803 - botocore's name
        ((name, requests),) = RequestItems.items()
        room = min(len(requests), int((world.now - taken[0]) * each_second))
        taken[0] += room / each_second
        if not room:
            raise throttled("dynamodb")
        honest(RequestItems={name: requests[:room]})
        return {"UnprocessedItems": {name: requests[room:]} if room < len(requests) else {}}

    world.tables.batch_write_item = batch_write_item  # type: ignore[method-assign]


def test_a_table_that_takes_people_slowly_is_given_them_slowly_and_the_run_says_so(world: World) -> None:
    done, begun = apply(world), world.now
    slow_table(world, 20)
    (letter,) = world.sqs.letters
    world.run()
    assert done(world) - begun < 600 / 20 / 0.7
    assert letter.tries == 1


def test_a_roster_that_takes_longer_than_an_invocation_goes_on_in_the_next_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("latchkey.rosters.apply_roster._AT_ONCE", 1)
    done, begun = apply(world), world.now
    slow_table(world, 0.5)
    console, (first,) = world.wiring("console"), world.sqs.letters
    roster = json.loads(first.body)["roster"]
    world.run(hours=0)
    run = console.rosters(NORTHBRIDGE.slug).get(roster)
    assert run is not None
    assert (run.state, run.slow, run.lease_until) == ("running", True, 0)
    assert 0 < run.done < 600
    second = world.sqs.letters[0]
    assert second is not first
    world.run()
    assert done(world) - begun > 900
    assert (first.tries, world.sqs.dead) == (1, [])
    run = console.rosters(NORTHBRIDGE.slug).get(roster)
    assert run is not None
    assert run.slow is None
