"""build_export: from a message to a file, whatever is delivered twice, late or broken."""

import io
import json
from threading import Barrier, Thread
from typing import Any

import pytest

from build_export import handler
from latchkey.codes.model.codes import code
from latchkey.errors import Poison, TryLater
from latchkey.login_details import build_export as use_case
from latchkey.login_details import walk_students, write_file
from latchkey.login_details.build_export import FOR_A_FILE, build_export
from latchkey.login_details.model.run_names import facts_of
from latchkey.login_details.model.runs import LEASE, Export, ExportRequest
from latchkey.login_details.model.scope import Scope
from latchkey.login_details.start_export import start_export
from latchkey.office_files.model.guard import unguard
from latchkey.people.model.person import CodeState
from latchkey.schools.model.school import DAY, Settings, SingleSignOn
from latchkey.shared.stores.files import Upload
from latchkey.shared.stores.queues import Queue
from tests.support.exports import asked, deliver, files, rows_of, student
from tests.support.system import START, TestSystem
from worker.consume import LAST_TRY

ADMIN = student(0, role="staff", is_admin=True, number=None)


def put(system: TestSystem, *people: Any, school: str = "northbridge") -> None:
    system.wiring("read_roster").directory(school).put_new(people)


def start(system: TestSystem, school: str = "northbridge", **facts: Any) -> Export:
    wanted = ExportRequest(**{"scope": Scope(), **facts})
    console = system.wiring("console")
    found = console.schools.get(school)
    assert found is not None
    return start_export(console, found, ADMIN, wanted).run


def start_large(system: TestSystem, **facts: Any) -> Export:
    """A run of so many students that they are given their codes first."""
    export = start(system, **facts)
    return system.wiring("console").exports("northbridge")._change(export.id, {"stage": "codes"}, [])


def now_of(system: TestSystem, export: Export, school: str = "northbridge") -> Export:
    found = system.wiring("console").exports(school).get(export.id)
    assert found is not None
    return found


@pytest.fixture
def school(system: TestSystem) -> TestSystem:
    system.school("northbridge")
    return system


def test_a_whole_school_in_list_order(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(
        school,
        student(1, year_group="10", registration_group="10B", family_name="Able"),
        student(2, year_group="7", registration_group="7B", family_name="able"),
        student(3, year_group="7", registration_group="7A", family_name="Zulu"),
        student(4, year_group="7", registration_group="7A", family_name="Yankee", status="left"),
        student(5, year_group="7", registration_group="7A", family_name="Baker", given_name="Zoë"),
        student(6, role="teacher", year_group=None, registration_group=None),
    )
    export = start(school)
    assert deliver(school, monkeypatch, school.messages("EXPORT_QUEUE")) == 0
    done = now_of(school, export)
    assert (done.state, done.rows, done.done, done.total, done.left_out) == ("finished", 4, 4, 4, 0)
    assert done.key is not None
    assert done.key.startswith(f"exports/northbridge/{export.id}/")
    assert len(done.key.rpartition("/")[2]) == 32 + len(".csv")
    rows = rows_of(files(school)[done.key])
    assert [row["StudentId"] for row in rows] == ["M5", "M3", "M2", "M1"]
    key = school.wiring("build_export").code_key("northbridge")
    assert [row["StudentPIN"] for row in rows] == [code("pin", number, 1, key) for number in (5, 3, 2, 1)]
    assert [row["ParentCode"] for row in rows] == [code("parent", number, 1, key) for number in (5, 3, 2, 1)]
    assert {(row["PINExpires"], row["ParentCodeExpires"], row["ParentPlacesLeft"]) for row in rows} == {
        ("2027-02-16", "2027-02-16", "5")
    }
    assert {row["StudentURL"] for row in rows} == {"https://latchkey.test/schools/northbridge"}


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope("year_group", "7"), ["M1", "M2", "M4"]),
        (Scope("registration_group", "7A"), ["M1", "M4"]),
        (Scope("registration_group", "8A"), ["M3"]),
        (Scope("person", student(2).id), ["M2"]),
    ],
)
def test_scopes(school: TestSystem, monkeypatch: pytest.MonkeyPatch, scope: Scope, expected: list[str]) -> None:
    put(
        school,
        student(1),
        student(2, registration_group="7B"),
        student(3, year_group="8", registration_group="8A"),
        student(4, last_login_at=5),
    )
    export = start(school, scope=scope)
    deliver(school, monkeypatch, school.messages("EXPORT_QUEUE"))
    (data,) = files(school).values()
    assert sorted(row["StudentId"] for row in rows_of(data)) == expected
    assert now_of(school, export).rows == len(expected)


def test_never_logged_in_only(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1, last_login_at=5), student(2))
    start(school, never_logged_in=True)
    deliver(school, monkeypatch, school.messages("EXPORT_QUEUE"))
    (data,) = files(school).values()
    assert [row["StudentId"] for row in rows_of(data)] == ["M2"]


def test_a_used_pin_is_renewed_and_a_parent_code_with_places_left_is_kept(
    school: TestSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(school, student(1, pin=CodeState(1, START + DAY, 1), parent_code=CodeState(1, START + DAY, 4)))
    start(school)
    deliver(school, monkeypatch, school.messages("EXPORT_QUEUE"))
    (data,) = files(school).values()
    (row,) = rows_of(data)
    key = school.wiring("build_export").code_key("northbridge")
    assert (row["StudentPIN"], row["ParentCode"]) == (code("pin", 1, 2, key), code("parent", 1, 1, key))
    assert row["ParentPlacesLeft"] == "1"


def test_a_school_with_its_own_sign_in(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    system.school("northbridge", settings=Settings(sso=SingleSignOn(roles=("student",))))
    put(system, student(1))
    start(system)
    deliver(system, monkeypatch, system.messages("EXPORT_QUEUE"))
    (data,) = files(system).values()
    (row,) = rows_of(data)
    assert (row["StudentPIN"], row["LoginMethod"]) == ("", "School sign-in")
    found = system.wiring("console").directory("northbridge").person(student(1).id)
    assert found is not None
    assert found.pin is None


def test_hostile_names_stay_in_their_cells(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["=1+1", '"; =HYPERLINK("x")', "-2,3", "＝1", "a\r\n=1", "Zoë ‘Z’", "\t@SUM", "back\\", '""', "\x0b+1", "\ufeff=1"]
    put(school, *[student(number, family_name="Same", given_name=name) for number, name in enumerate(names, start=1)])
    start(school)
    deliver(school, monkeypatch, school.messages("EXPORT_QUEUE"))
    (data,) = files(school).values()
    rows = rows_of(data)
    assert sorted(unguard(row["Forename"]) for row in rows) == sorted(names)
    assert {row["LoginMethod"] for row in rows} == {"PIN"}
    assert not [row for row in rows if row["Forename"].lstrip("\ufeff \v")[:1] in set("=+-@＝\t")]


def test_a_student_without_a_number_is_left_out_and_counted(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1), student(2, number=None))
    export = start(school)
    deliver(school, monkeypatch, school.messages("EXPORT_QUEUE"))
    done = now_of(school, export)
    assert (done.state, done.rows, done.left_out) == ("finished", 1, 1)


def test_delivered_again_after_the_end_changes_nothing(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1))
    export = start(school)
    bodies = school.messages("EXPORT_QUEUE")
    deliver(school, monkeypatch, bodies)
    before, done = files(school), now_of(school, export)
    school.clock.now += 3600
    assert deliver(school, monkeypatch, bodies, attempt=2) == 0
    assert (files(school), now_of(school, export)) == (before, done)
    events = [event["action"] for event in school.wiring("console").audit("northbridge").page()[0]]
    assert sorted(events) == ["export.finish", "export.start"]


def test_delivered_again_while_it_runs_waits(school: TestSystem) -> None:
    put(school, student(1))
    export = start(school)
    wiring = school.wiring("build_export")
    wiring.exports("northbridge").lease(export.id, START, LEASE)
    with pytest.raises(TryLater):
        build_export(wiring, "northbridge", export.id)
    school.clock.now += LEASE
    done = build_export(wiring, "northbridge", export.id)
    assert done is not None
    assert (done.state, done.attempt) == ("finished", 2)


def test_a_worker_that_lost_its_turn_does_not_finish_the_run(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1))
    export = start(school)
    wiring = school.wiring("build_export")
    finish = Upload.finish

    def overtaken(upload: Upload) -> None:
        monkeypatch.setattr(Upload, "finish", finish)
        school.clock.now += LEASE
        assert build_export(wiring, "northbridge", export.id) is not None
        finish(upload)

    monkeypatch.setattr(Upload, "finish", overtaken)
    with pytest.raises(TryLater):
        build_export(wiring, "northbridge", export.id)
    done = now_of(school, export)
    assert (done.state, done.attempt) == ("finished", 2)


class Crashes:
    """Wraps a function of both steps: it does its work, and at some calls the power fails afterwards."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *at: int) -> None:
        self.at, self.calls, self.honest = at, 0, use_case.issue_codes
        monkeypatch.setattr(use_case, "issue_codes", self)
        monkeypatch.setattr(write_file, "issue_codes", self)

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        found = self.honest(*args)
        if self.calls in self.at:
            raise RuntimeError("power cut")
        return found


@pytest.mark.parametrize("crash", range(1, 7))
def test_a_crash_at_any_step_leaves_no_file_and_the_next_delivery_makes_the_same_codes(
    school: TestSystem, monkeypatch: pytest.MonkeyPatch, crash: int
) -> None:
    put(school, *[student(number) for number in range(1, 121)])
    export = start_large(school)
    bodies = school.messages("EXPORT_QUEUE")
    monkeypatch.setattr(walk_students, "AT_ONCE", 50)
    crashes = Crashes(monkeypatch, crash)
    assert deliver(school, monkeypatch, bodies) == 1
    waiting = now_of(school, export)
    assert (files(school), waiting.state, waiting.stage) == ({}, "queued", "codes" if crash <= 3 else "file")
    assert deliver(school, monkeypatch, bodies, attempt=2) == 0
    assert crashes.calls == (crash + 6 if crash <= 3 else crash + 3), "what was done is not done again"
    (data,) = files(school).values()
    key = school.wiring("build_export").code_key("northbridge")
    assert [row["StudentPIN"] for row in rows_of(data)] == [code("pin", number, 1, key) for number in range(1, 121)]
    done = now_of(school, export)
    assert (done.rows, dict(done.codes)) == (120, {"pin": 120, "parent": 120})


def test_a_run_whose_time_is_short_hands_over_and_goes_on_where_it_was(
    school: TestSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(school, *[student(number) for number in range(1, 151)], student(200, year_group="6", number=None))
    export = start_large(school)
    monkeypatch.setattr(walk_students, "AT_ONCE", 50)
    wiring = school.wiring("build_export")
    honest, seen = use_case.issue_codes, []

    def watch(*args: Any) -> Any:
        seen.append([person.number for person in args[2]])
        return honest(*args)

    monkeypatch.setattr(use_case, "issue_codes", watch)
    states = []
    for _ in range(8):
        (body,) = school.messages("EXPORT_QUEUE")
        left = iter([44.0])  # each invocation has time for one batch
        run = build_export(wiring, *asked(body), left=lambda left=left: next(left, 0.0))
        assert run is not None
        states.append((run.state, run.stage, run.done, run.lease_until))
        if run.stage == "file":
            break
    assert [state[:3] for state in states] == [
        ("queued", "codes", 49),
        ("queued", "codes", 99),
        ("queued", "codes", 149),
        ("queued", "codes", 150),
        ("queued", "file", 0),
    ]
    assert [number for part in seen for number in part] == list(range(1, 151)), "nobody twice, nobody passed over"
    (body,) = school.messages("EXPORT_QUEUE")
    done = build_export(wiring, *asked(body))
    assert done is not None
    assert (done.state, done.rows, done.left_out) == ("finished", 150, 1)
    assert dict(done.codes) == {"pin": 150, "parent": 150}
    assert len(rows_of(next(iter(files(school).values())))) == 150
    assert now_of(school, export) == done


def test_a_file_gets_an_invocation_of_its_own_if_giving_codes_took_long(school: TestSystem) -> None:
    put(school, student(1))
    start_large(school)
    wiring = school.wiring("build_export")
    (body,) = school.messages("EXPORT_QUEUE")
    run = build_export(wiring, *asked(body), left=lambda: FOR_A_FILE - 1.0)
    assert run is not None
    assert (run.state, run.stage) == ("queued", "file")
    (body,) = school.messages("EXPORT_QUEUE")
    run = build_export(wiring, *asked(body), left=lambda: FOR_A_FILE - 1.0)
    assert run is not None
    assert run.state == "finished", "and is not handed on for ever"


def test_a_file_that_takes_too_long_says_so_and_is_not_tried_again(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1))
    export = start_large(school)
    bodies = school.messages("EXPORT_QUEUE")
    wiring = school.wiring("build_export")
    build_export(wiring, *asked(bodies[0]), left=lambda: 60.0)
    bodies = school.messages("EXPORT_QUEUE")
    run = build_export(wiring, *asked(bodies[0]), left=lambda: 1.0)
    assert run is not None
    assert (run.state, files(school)) == ("failed", {})
    assert "for each year group" in str(run.reason)
    assert deliver(school, monkeypatch, bodies, attempt=2) == 0
    assert now_of(school, export).state == "failed"
    events = school.wiring("console").audit("northbridge").page()[0]
    assert [event["facts"] for event in events if event["action"] == "export.failed"] == [
        {**facts_of(export), "step": "file", "done": 0}
    ]


@pytest.mark.parametrize("within", [0, 30])
def test_a_letter_that_holds_nobodys_codes_gives_none(school: TestSystem, monkeypatch: pytest.MonkeyPatch, within: int) -> None:
    put(school, student(1))
    export = start(school, format="mail_merge_docx", expiring_within=within)
    assert deliver(school, monkeypatch, school.messages("EXPORT_QUEUE")) == 0
    done = now_of(school, export)
    assert (done.state, sum(done.codes.values())) == ("finished", 0)
    found = school.wiring("console").directory("northbridge").person(student(1).id)
    assert found is not None
    assert (found.pin, found.parent_code) == (None, None)


def test_nobody_left_by_the_time_is_a_failed_run_not_an_empty_file(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1))
    export = start(school)
    school.wiring("read_roster").directory("northbridge").change(student(1).id, {"status": "left"})
    assert deliver(school, monkeypatch, school.messages("EXPORT_QUEUE")) == 0
    done = now_of(school, export)
    assert (done.state, done.reason, files(school)) == ("failed", write_file.NOBODY, {})


def test_only_codes_that_end_soon_are_renewed_and_only_their_students_are_in_the_file(
    school: TestSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon, far = CodeState(3, START + 5 * DAY), CodeState(2, START + 60 * DAY)
    put(
        school,
        student(1, pin=soon, parent_code=far),
        student(2, pin=far, parent_code=far),
        student(3),
        student(4, pin=far, parent_code=soon),
    )
    export = start_large(school, expiring_within=14)
    bodies = school.messages("EXPORT_QUEUE")
    Crashes(monkeypatch, 2)  # after all codes were given: the second look must mean the same students
    assert deliver(school, monkeypatch, bodies) == 1
    assert deliver(school, monkeypatch, bodies, attempt=2) == 0
    (data,) = files(school).values()
    key = school.wiring("build_export").code_key("northbridge")
    rows = {row["StudentId"]: row for row in rows_of(data)}
    assert set(rows) == {"M1", "M3", "M4"}
    assert (rows["M1"]["StudentPIN"], rows["M1"]["PINExpires"]) == (code("pin", 1, 3, key), "2027-02-16"), "the same code, longer"
    assert rows["M1"]["ParentCode"] == code("parent", 1, 2, key)
    assert rows["M1"]["ParentCodeExpires"] == "2027-01-17", "another code of the same student stays as it was"
    assert dict(now_of(school, export).codes) == {"pin": 2, "parent": 2}


def test_a_selection_is_in_list_order_and_holds_students_only(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1), student(2), student(3, status="left"), student(4, role="teacher"), student(5, number=None))
    ids = tuple(student(number).id for number in (5, 4, 3, 2, 1, 99))
    export = start(school, scope=Scope("ids", ids=ids))
    deliver(school, monkeypatch, school.messages("EXPORT_QUEUE"))
    (data,) = files(school).values()
    assert [row["StudentId"] for row in rows_of(data)] == ["M1", "M2"]
    assert now_of(school, export).left_out == 1


def test_a_service_that_is_busy_for_a_moment_is_asked_again_at_once(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1))
    export = start(school)
    bodies = school.messages("EXPORT_QUEUE")
    honest, calls = use_case.issue_codes, []

    def busy(*args: Any) -> Any:
        calls.append(1)
        if len(calls) < 3:
            raise TryLater()
        return honest(*args)

    monkeypatch.setattr(write_file, "issue_codes", busy)
    assert deliver(school, monkeypatch, bodies) == 0
    assert (now_of(school, export).state, len(files(school)), len(calls)) == ("finished", 1, 3)


def test_a_service_that_stays_busy_leaves_the_run_to_the_queue(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1))
    export = start(school)

    def busy(*_: Any) -> None:
        raise TryLater()

    monkeypatch.setattr(write_file, "issue_codes", busy)
    assert deliver(school, monkeypatch, school.messages("EXPORT_QUEUE")) == 1
    waiting = now_of(school, export)
    assert (waiting.state, waiting.lease_until, files(school)) == ("queued", 0, {})


def test_a_run_that_fails_each_time_says_so_at_the_last(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1))
    export = start(school)
    bodies = school.messages("EXPORT_QUEUE")
    monkeypatch.setattr(write_file, "issue_codes", lambda *_: 1 / 0)
    for attempt in range(1, LAST_TRY + 1):
        assert now_of(school, export).state == "queued"
        assert deliver(school, monkeypatch, bodies, attempt) == 1
    done = now_of(school, export)
    assert (done.state, done.lease_until) == ("failed", 0)
    assert done.reason is not None
    assert "the file was being written, after 0 of 1 students" in done.reason


def test_progress_is_shown_and_the_lease_goes_on(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, *[student(number) for number in range(1, 121)])
    export = start_large(school)
    for module in (use_case, write_file):
        monkeypatch.setattr(module, "_SHOW_EVERY", 40)
    monkeypatch.setattr(walk_students, "AT_ONCE", 40)
    honest, seen = use_case.issue_codes, []

    def watch(*args: Any) -> Any:
        school.clock.now += 600
        now = now_of(school, export)
        seen.append((now.stage, now.done, now.total, now.lease_until - school.clock.now > 0))
        return honest(*args)

    monkeypatch.setattr(use_case, "issue_codes", watch)
    monkeypatch.setattr(write_file, "issue_codes", watch)
    deliver(school, monkeypatch, school.messages("EXPORT_QUEUE"))
    assert seen == [(stage, done, 120, True) for stage in ("codes", "file") for done in (0, 40, 80)]
    assert now_of(school, export).done == 120


@pytest.mark.parametrize(
    "body",
    [
        "", "{", "[]", "null", "7", '"x"', "{}", '{"v":2,"school":"northbridge","export":"00000000000000000000000000"}',
        '{"v":1,"school":"northbridge"}', '{"v":1,"school":{"S":"x"},"export":"00000000000000000000000000"}',
        '{"v":1,"school":"a#b","export":"00000000000000000000000000"}', '{"v":1,"school":"northbridge","export":"../x"}',
        '{"v":1,"school":"nowhere","export":"00000000000000000000000000"}',
        '{"v":1,"school":"northbridge","export":"00000000000000000000000000"}', "[" * 100_000,
    ],
)  # fmt: skip
def test_a_message_that_is_none_fails_alone(school: TestSystem, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    put(school, student(1))
    start(school)
    good = school.messages("EXPORT_QUEUE")
    assert deliver(school, monkeypatch, [body, *good]) == 1
    assert len(files(school)) == 1


def test_an_export_of_another_school_cannot_be_asked_for(school: TestSystem) -> None:
    school.school("southgate")
    put(school, student(1))
    export = start(school)
    with pytest.raises(Poison):
        build_export(school.wiring("build_export"), "southgate", export.id)


def test_two_exports_at_once_print_the_same_codes(school: TestSystem) -> None:
    put(school, *[student(number) for number in range(1, 41)])
    exports = [start(school), start(school)]
    begin = Barrier(2)
    errors: list[BaseException] = []

    def run(export: Export) -> None:
        begin.wait()
        try:
            build_export(school.wiring("build_export"), "northbridge", export.id)
        except BaseException as error:
            errors.append(error)

    threads = [Thread(target=run, args=(export,)) for export in exports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    one, two = files(school).values()
    assert len(rows_of(one)) == 40
    assert one == two


def test_no_code_is_kept_anywhere_but_in_the_file(school: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    put(school, student(1, family_name="Okonkwo"), student(2, number=None))
    log = io.StringIO()
    monkeypatch.setattr(handler.logger.registered_handler, "stream", log)
    start(school)
    bodies = school.messages("EXPORT_QUEUE")
    deliver(school, monkeypatch, bodies)
    (data,) = files(school).values()
    (row,) = rows_of(data)
    dynamodb = school.wiring("console").client("dynamodb")
    activity = json.dumps(dynamodb.scan(TableName=school.environment["ACTIVITY_TABLE"])["Items"])
    directory = json.dumps(dynamodb.scan(TableName=school.environment["DIRECTORY_TABLE"])["Items"])
    logged = log.getvalue()
    assert '"rows":1' in logged.replace(" ", ""), "the log says how many"
    for secret in (row["StudentPIN"], row["ParentCode"]):
        for form in (secret, secret.replace("-", ""), secret.replace("-", "")[6:]):
            assert form not in activity + directory + "".join(bodies) + logged
    for private in ("Okonkwo", "UPN-1", "user1"):
        assert private not in activity + "".join(bodies) + logged
    assert "X-Amz-" not in activity + logged


def test_a_hand_over_that_the_queue_does_not_take_is_tried_with_the_old_message(
    school: TestSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(school, student(1))
    export = start_large(school)
    (body,) = school.messages("EXPORT_QUEUE")
    wiring, honest = school.wiring("build_export"), Queue.put

    def busy(*_: Any, **__: Any) -> None:
        raise TryLater()

    monkeypatch.setattr(Queue, "put", busy)
    with pytest.raises(TryLater):
        build_export(wiring, *asked(body), left=lambda: 60.0)
    waiting = now_of(school, export)
    assert (waiting.state, waiting.stage, waiting.lease_until, files(school)) == ("queued", "file", 0, {})
    monkeypatch.setattr(Queue, "put", honest)
    done = build_export(wiring, *asked(body))
    assert done is not None
    assert (done.state, len(files(school))) == ("finished", 1)


@pytest.mark.parametrize("crash", [1, 2, 3])
def test_few_students_are_given_their_codes_while_the_file_is_written(
    school: TestSystem, monkeypatch: pytest.MonkeyPatch, crash: int
) -> None:
    put(school, *[student(number, pin=CodeState(1, START + DAY)) for number in range(1, 121)])
    export = start(school, expiring_within=7)
    assert (export.stage, export.total) == ("file", 120)
    bodies = school.messages("EXPORT_QUEUE")
    monkeypatch.setattr(walk_students, "AT_ONCE", 50)
    crashes = Crashes(monkeypatch, crash)
    assert deliver(school, monkeypatch, bodies) == 1
    assert files(school) == {}
    assert deliver(school, monkeypatch, bodies, attempt=2) == 0
    assert crashes.calls == crash + 3
    done = now_of(school, export)
    assert (done.state, done.rows, dict(done.codes)) == ("finished", 120, {"pin": 120, "parent": 120})
    assert len(rows_of(next(iter(files(school).values())))) == 120
