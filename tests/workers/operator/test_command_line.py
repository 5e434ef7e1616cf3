"""The operator's command line over the real function: counts first, goes on in pieces, and says how after an interruption."""

import io
import json
import shlex
import types
from collections.abc import Callable
from typing import Any

import boto3
import pytest

import operate.handler as door
from infra.operator import commands, rotate, run
from latchkey.operator import export_school as exporting
from latchkey.operator import rotate_lookup_key as rotation
from latchkey.people.model.person import CodeState
from latchkey.shared.model.identifiers import lookup
from tests.support.mail_road import Context, MailRoad
from tests.support.system import START

pytestmark = pytest.mark.moto
Said = tuple[int, Any, str]


class Stack:
    """A boto3 session with one stack, whose function is the real one; ``seconds`` is the time that each call has."""

    region_name = "eu-west-2"

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.seconds: list[float] = []
        self.before: Callable[[dict[str, Any]], None] = lambda _: None

    def client(self, _service: str, **_: Any) -> "Stack":
        return self

    def describe_stacks(self, **_: Any) -> Any:
        return {"Stacks": [{"Outputs": [{"OutputKey": "OperateFunction", "OutputValue": "operate"}]}]}

    def invoke(self, *, Payload: bytes, **_: Any) -> Any:  # noqa: N803 - boto3's name
        event = json.loads(Payload)
        self.before(event)
        self.events.append(event)
        answer = door.handle(event, Context(self.seconds.pop(0) if self.seconds else 120))
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def stack(road: MailRoad) -> Stack:
    made = Stack()
    road.monkeypatch.setattr(boto3, "Session", lambda **_: made)
    road.monkeypatch.setattr(door, "system", lambda: road.system.wiring("operate"))

    def sleep(seconds: float) -> None:
        road.system.clock.now += seconds

    road.monkeypatch.setattr(rotate.rotate, "__defaults__", (sleep,))
    return made


@pytest.fixture
def say(stack: Stack, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    assert stack

    def command(*arguments: str) -> Said:
        code = commands.main(arguments)
        out, err = capsys.readouterr()
        lines = [line for line in out.splitlines() if not line.startswith('{"')]  # those are the function's log
        return code, json.loads("".join(lines)) if lines else None, err

    return command


def printed(err: str) -> list[str]:
    """The arguments of the command that is printed to go on with."""
    line = err.strip().splitlines()[-1]
    words = shlex.split(line)
    assert words[:3] == ["python", "-m", "infra.operator"]
    return words[3:]


def key(road: MailRoad, epoch: int, email: str) -> str:
    return lookup(road.system.wiring("operate").lookup_key("northbridge", epoch), "email", email)


@pytest.mark.parametrize(
    "command",
    [
        "school",
        "list-schools",
        "export-school",
        "delete-school",
        "admin",
        "list-admins",
        "end-admin",
        "reset-factors",
        "free-admins",
        "end-epoch",
        "pages",
    ],
)
def test_help_lists_every_command(say: Callable[..., Said], capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit) as ended:
        say("--help")
    assert ended.value.code == 0
    assert f"\n    {command} " in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        say(command, "--help")
    assert ended.value.code == 0
    assert "--env NAME" in capsys.readouterr().out


def test_every_command_of_the_function_can_be_typed(say: Callable[..., Said], stack: Stack) -> None:
    code, _, _ = say("list-schools")
    assert code == 0
    school = ("--school", "northbridge")
    typed = (
        ("list-admins", *school),
        ("end-admin", *school, "--person", "0" * 20, "--confirm", "0" * 20),
        ("reset-factors", *school, "--person", "0" * 20, "--confirm", "0" * 20),
        ("free-admins", *school, "--confirm", "northbridge"),
        ("end-epoch", *school, "--what", "link"),
        ("export-school", *school),
        ("delete-school", *school),
        ("rotate-lookup-key", *school),
        ("school", "--slug", "southgate", "--name", "Southgate"),
        ("admin", *school, "--email", "a@x.example", "--given-name", "A", "--family-name", "B"),
        ("pages",),
    )
    for each in typed:
        say(*each)
    with pytest.raises(NotImplementedError):  # moto knows nothing of an account's SES; tests/routes/console/preflight plays it
        say("preflight")
    assert {event["command"] for event in stack.events} == set(door.COMMANDS)


@pytest.mark.parametrize("arguments", [(), ("delete-school",), ("end-epoch", "--school", "x", "--what", "key"), ("nonsense",)])
def test_what_is_mistyped_is_exit_code_2(say: Callable[..., Said], stack: Stack, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        say(*arguments)
    assert ended.value.code == 2
    assert stack.events == []


def test_a_school_is_counted_and_then_deleted(road: MailRoad, say: Callable[..., Said]) -> None:
    road.person(1)
    code, counted, err = say("delete-school", "--school", "northbridge")
    assert (code, counted["deleted"], counted["counts"]["people"]) == (0, False, 1)
    assert "Nothing was changed. To do it: the same command with --confirm northbridge" in err
    code, _, err = say("delete-school", "--school", "northbridge", "--confirm", "Northbridge")
    assert (code, err) == (1, "--confirm has to be northbridge, exactly. Nothing was changed.\n")
    assert road.system.wiring("operate").schools.get("northbridge") is not None
    code, deleted, err = say("delete-school", "--school", "northbridge", "--confirm", "northbridge")
    assert (code, deleted) == (0, {"school": "northbridge", "deleted": True, "counts": {"people": 1}}), "its own item went first"
    assert "100%" in err
    assert road.system.wiring("operate").schools.get("northbridge") is None
    code, _, err = say("delete-school", "--school", "southgate", "--confirm", "southgate")
    assert (code, err) == (1, "There is no such school.\n")


def interrupt_at(stack: Stack, number: int, error: BaseException) -> None:
    """Break the call of this number off, once."""
    calls = {"made": 0}

    def before(_event: dict[str, Any]) -> None:
        calls["made"] += 1
        if calls["made"] == number:
            raise error

    stack.before = before


def test_a_deletion_that_is_interrupted_goes_on_with_the_printed_command(
    road: MailRoad, stack: Stack, say: Callable[..., Said]
) -> None:
    people = [road.person(number) for number in range(3)]
    stack.seconds = [1, 1]  # no time for any piece
    interrupt_at(stack, 3, KeyboardInterrupt())
    code, out, err = say("delete-school", "--school", "northbridge", "--confirm", "northbridge")
    assert (code, out) == (3, None)
    assert "Interrupted.\nIt stopped part-way." in err
    assert say(*printed(err))[0] == 0
    assert stack.events[-1]["next"] == {"place": 0, "start": None}
    assert road.system.wiring("operate").directory("northbridge").by_ids(each.id for each in people) == []


def test_a_refusal_part_way_is_exit_code_3_with_its_sentence(stack: Stack, say: Callable[..., Said]) -> None:
    stack.seconds = [1]

    def before(_event: dict[str, Any]) -> None:
        if stack.events:
            door.system().schools.end("northbridge", 1)

    stack.before = before
    code, _, err = say("export-school", "--school", "northbridge")
    assert code == 3
    assert "There is no such school." in err
    assert printed(err)[-2] == "--next"


def test_a_school_is_exported_in_pieces(road: MailRoad, stack: Stack, say: Callable[..., Said]) -> None:
    road.person(1)
    road.monkeypatch.setattr(exporting, "_RESERVE", 60.0)
    stack.seconds = [59, 120]
    code, answer, err = say("export-school", "--school", "northbridge")
    assert (code, answer["counts"]["people"], answer["counts"]["school"]) == (0, 1, 1)
    assert answer["folder"].startswith(f"s3://{road.system.environment['EXPORTS_BUCKET']}/schools/northbridge/")
    assert f"aws s3 cp --recursive {answer['folder']} FOLDER" in err
    assert len(stack.events) == 2


def test_a_cursor_that_nobody_printed_is_refused(stack: Stack, say: Callable[..., Said]) -> None:
    code, _, err = say("export-school", "--school", "northbridge", "--next", "x y")
    assert (code, stack.events) == (1, [])
    assert "Copy it whole" in err


@pytest.mark.parametrize("cursor", [None, "m", {"place": 3, "start": {"pk": "a#ü", "sk": "b"}}])
def test_a_cursor_comes_back_as_it_was(cursor: Any) -> None:
    text = run.sealed(cursor)
    assert run.unsealed(text) == cursor
    assert text == shlex.quote(text)


def test_links_and_codes_are_counted_and_then_ended(road: MailRoad, stack: Stack, say: Callable[..., Said]) -> None:
    road.person(1, number=7, pin=CodeState(generation=2, expires_at=1_800_000_000))
    arguments = ("end-epoch", "--school", "northbridge", "--what", "code")
    assert say(*arguments)[:2] == (0, {"command": "end-epoch", "epoch": 1, "people": 1, "done": False})
    assert say(*arguments, "--confirm", "yes")[0] == 1
    assert say(*arguments, "--confirm", "northbridge")[:2] == (0, {"epoch": 1, "people": 1, "done": True})
    assert [event.get("confirm") for event in stack.events] == [None, True]


def test_the_rights_of_an_admin_end_once_they_are_named(road: MailRoad, say: Callable[..., Said]) -> None:
    ann, ben = (road.person(number, role="staff", is_admin=True) for number in (1, 2))
    code, listed, _ = say("list-admins", "--school", "northbridge")
    assert (code, [each["id"] for each in listed["admins"]]) == (0, [ann.id, ben.id])
    arguments = ("end-admin", "--school", "northbridge", "--person")
    code, would, err = say(*arguments, ann.id)
    assert (code, would["would_end"]["email"]) == (0, ann.email)
    assert f"--confirm {ann.id}" in err
    assert say(*arguments, "0" * 20)[0] == 1
    assert say(*arguments, ann.id, "--confirm", ben.id)[0] == 1
    assert say(*arguments, ann.id, "--confirm", ann.id)[0] == 0
    code, _, err = say(*arguments, ben.id, "--confirm", ben.id)
    assert code == 1
    assert "last admin" in err
    assert say(*arguments, ben.id, "--confirm", ben.id, "--last-too")[0] == 0


def test_a_look_up_key_is_replaced_after_one_wait(road: MailRoad, stack: Stack, say: Callable[..., Said]) -> None:
    ann = road.person(1)
    code, would, _ = say("rotate-lookup-key", "--school", "northbridge")
    assert (code, would["people"]) == (0, 1)
    assert now(road, ann.id).email_key == key(road, 0, str(ann.email))
    code, answer, err = say("rotate-lookup-key", "--school", "northbridge", "--confirm", "northbridge")
    assert (code, answer) == (0, {"schools": {"northbridge": 1}, "people": 1})
    assert now(road, ann.id).email_key == key(road, 1, str(ann.email))
    assert road.system.clock.now - START == rotation.SETTLED + rotation.CLEARED
    assert f"--since {int(START)}" in err
    assert "waiting about 60 minutes" in err
    assert len([event for event in stack.events if event.get("confirm")]) == 3


def now(road: MailRoad, person: str) -> Any:
    return road.system.wiring("read_roster").directory("northbridge").person(person)


def test_all_schools_wait_at_the_same_time(road: MailRoad, say: Callable[..., Said]) -> None:
    for number in range(3):
        road.system.school(f"school-{number}")
    code, answer, _ = say("rotate-lookup-key", "--every-school", "--confirm", "every-school")
    assert (code, set(answer["schools"].values()), len(answer["schools"])) == (0, {1}, 4)
    assert road.system.clock.now - START == rotation.SETTLED + rotation.CLEARED


@pytest.mark.parametrize("call", range(2, 6))
def test_a_rotation_that_is_interrupted_goes_on_and_begins_no_other(
    road: MailRoad, stack: Stack, say: Callable[..., Said], call: int
) -> None:
    ann = road.person(1)
    road.system.school("southgate")
    interrupt_at(stack, call, KeyboardInterrupt())
    code, _, err = say("rotate-lookup-key", "--every-school", "--confirm", "every-school")
    assert code == 3
    road.system.clock.now += 10
    arguments = printed(err)
    assert arguments[-2:] == ["--since", str(int(START))]
    assert say(*arguments)[:2][0] == 0
    assert say(*arguments)[1] == {"schools": {"northbridge": 1, "southgate": 1}, "people": 0}
    assert now(road, ann.id).email_key == key(road, 1, str(ann.email))


def test_a_school_that_is_deleted_meanwhile_does_not_hold_up_the_others(
    road: MailRoad, stack: Stack, say: Callable[..., Said]
) -> None:
    road.system.school("southgate")

    def before(_event: dict[str, Any]) -> None:
        if len(stack.events) == 3:
            road.system.wiring("operate").schools.end("southgate", 1)

    stack.before = before
    code, answer, _ = say("rotate-lookup-key", "--every-school", "--confirm", "every-school")
    assert code == 1
    assert answer == {"schools": {"northbridge": 1}, "people": 0, "failed": {"southgate": "There is no such school."}}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a minute"), (59, "less than a minute"), (61, "about a minute"), (3_600, "about 60 minutes")],
)
def test_how_long_it_takes_is_said_in_words(seconds: float, words: str) -> None:
    assert run.duration(seconds) == words


def test_progress_has_an_estimate_where_the_part_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    progress = run.Progress(began=run.time.monotonic() - 600)
    progress.say("3 of 9 places", 1 / 3)
    progress.say("7 pages", None)
    first, second = capsys.readouterr().err.splitlines()
    assert (first, second) == ("   33%, about 20 minutes left: 3 of 9 places", "  7 pages")


def test_the_names_of_modules_are_those_of_the_map() -> None:
    import infra.operator as package

    assert isinstance(package.invoke, types.ModuleType)
    for name in ("commands", "run", "rotate", "invoke", "where"):
        assert f"\n    {name} " in str(package.__doc__)
