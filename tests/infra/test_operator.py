"""The operator's commands build the events that functions/operate understands, and say clearly what went wrong."""

import io
import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from infra import operator
from infra.local.trouble import Trouble


class FakeSession:
    """A boto3 session with one stack and one function that answers as it is told."""

    region_name: str | None = "eu-west-2"

    def __init__(self, answer: Any = None, *, outputs: bool = True, function_error: str | None = None) -> None:
        self.answer = {"ok": True} if answer is None else answer
        self.outputs = outputs
        self.function_error = function_error
        self.invoked: list[tuple[str, Any]] = []
        self.endpoints: set[str | None] = set()
        self.configs: dict[str, Any] = {}

    def client(self, _service: str, endpoint_url: str | None = None, config: Any = None) -> "FakeSession":
        self.configs[_service] = config
        self.endpoints.add(endpoint_url)
        return self

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - boto3's name
        if StackName != "latchkey":
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "does not exist"}}, "DescribeStacks")
        outputs = [{"OutputKey": "OperateFunction", "OutputValue": "latchkey-operate-1"}]
        return {"Stacks": [{"Outputs": outputs} if self.outputs else {}]}

    def describe_stack_resource(self, StackName: str, LogicalResourceId: str) -> Any:  # noqa: N803 - boto3's names
        assert (StackName, LogicalResourceId) == ("latchkey", "OperateFunction")
        return {"StackResourceDetail": {"PhysicalResourceId": "latchkey-operate-2"}}

    def invoke(self, FunctionName: str, Payload: bytes) -> Any:  # noqa: N803 - boto3's names
        self.invoked.append((FunctionName, json.loads(Payload)))
        more = {"FunctionError": self.function_error} if self.function_error else {}
        return {"Payload": io.BytesIO(json.dumps(self.answer).encode()), **more}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> FakeSession:
    fake = FakeSession()
    monkeypatch.setattr(boto3, "Session", lambda **_: fake)
    return fake


def test_make_a_school(session: FakeSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text('{"sso": true}')
    arguments = ["school", "--slug", "northbridge", "--name", "Northbridge Academy", "--postcode", "NB1 4QT"]
    session.answer = {"ok": True, "school": "northbridge"}
    assert operator.main([*arguments, "--settings-file", str(settings)]) == 0
    school = {"slug": "northbridge", "name": "Northbridge Academy", "postcode": "NB1 4QT", "settings": {"sso": True}}
    assert session.invoked == [("latchkey-operate-1", {"command": "make_school", "school": school})]
    assert json.loads(capsys.readouterr().out) == {"school": "northbridge"}


def test_invite_an_admin(session: FakeSession) -> None:
    arguments = ["admin", "--school", "northbridge", "--email", "a@b.example", "--given-name", "Ada"]
    assert operator.main([*arguments, "--family-name", "King"]) == 0
    [(_, event)] = session.invoked
    assert event == {
        "command": "invite_admin",
        "school": "northbridge",
        "email": "a@b.example",
        "given_name": "Ada",
        "family_name": "King",
    }


def test_an_environment_names_region_and_stack(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(boto3, "Session", lambda **said: asked.append(said) or FakeSession())
    (tmp_path / "prod.toml").write_text('stack = "latchkey"\nalarm_email = ""\n')
    arguments = ["school", "--slug", "x", "--name", "X", "--env", "prod", "--environments", str(tmp_path)]
    assert operator.main(arguments) == 1, "no region yet, so nothing was deployed"
    assert asked == []
    monkeypatch.setattr(operator.environment, "read", lambda _name, _folder: {"region": "eu-west-2", "stack": "latchkey"})
    assert operator.main(arguments) == 0
    assert asked == [{"region_name": "eu-west-2"}]


def test_an_environments_stack_has_its_name() -> None:
    assert operator.environment.stack_name("prod") == "latchkey-prod"
    assert operator.environment.stack_name("prod", "latchkey") == "latchkey"


def test_a_refusal_is_its_sentence_and_exit_code_1(session: FakeSession, capsys: pytest.CaptureFixture[str]) -> None:
    session.answer = {"ok": False, "error": "There is a school with this slug already."}
    assert operator.main(["school", "--slug", "x", "--name", "X"]) == 1
    assert capsys.readouterr().err == "There is a school with this slug already.\n"


def test_a_stack_without_that_output_is_asked_for_its_resource() -> None:
    session: Any = FakeSession(outputs=False)
    operator.operate(session, "latchkey", {"command": "x"})
    assert session.invoked[0][0] == "latchkey-operate-2"


@pytest.mark.parametrize(
    ("session", "stack", "sentence"),
    [
        (FakeSession(), "other", "does not exist"),
        (FakeSession({"errorMessage": "boom"}, function_error="Unhandled"), "latchkey", "its log says why"),
        (FakeSession([]), "latchkey", "its log says why"),
        (FakeSession({"ok": False}), "latchkey", "refused without a reason"),
    ],
)
def test_what_goes_wrong_is_said(session: Any, stack: str, sentence: str) -> None:
    with pytest.raises(Trouble, match=sentence):
        operator.operate(session, stack, {"command": "x"})


def test_missing_credentials_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    session: Any = FakeSession()

    def no_credentials(**_: Any) -> None:
        raise NoCredentialsError

    monkeypatch.setattr(session, "invoke", no_credentials)
    with pytest.raises(Trouble, match="Unable to locate credentials"):
        operator.operate(session, "latchkey", {"command": "x"})


def test_the_local_stack_is_found_by_its_file(
    session: FakeSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LATCHKEY_LOCAL", str(tmp_path))
    arguments = ["admin", "--local", *("--school", "s", "--email", "a@b.example", "--given-name", "A", "--family-name", "B")]
    assert operator.main(arguments) == 1
    assert "start it with `make up`" in capsys.readouterr().err
    aws = {
        "endpoint_url": "http://127.0.0.1:1",
        "region": "eu-west-2",
        "stack": "latchkey",
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }
    (tmp_path / "stack.json").write_text(json.dumps({"aws": aws}))
    assert operator.main(arguments) == 0
    assert session.endpoints == {"http://127.0.0.1:1"}


def test_without_a_region_the_local_stack_is_meant_or_it_is_said_what_to_do(
    session: FakeSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LATCHKEY_LOCAL", str(tmp_path))
    arguments = ["admin", "--school", "s", "--email", "a@b.example", "--given-name", "A"]
    session.region_name = None
    assert operator.main(arguments) == 1
    said = capsys.readouterr().err
    assert "start it with `make up` or `make run`" in said
    assert "ENV=prod" in said
    assert session.invoked == []
    aws = {"endpoint_url": "http://127.0.0.1:1", "region": "eu-west-2", "stack": "latchkey"}
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    (tmp_path / "stack.json").write_text(json.dumps({"aws": aws | keys}))
    assert operator.main(arguments) == 0
    assert "For the local stack" in capsys.readouterr().err
    assert session.endpoints == {"http://127.0.0.1:1"}


def test_with_a_region_aws_is_meant_though_a_local_stack_is_up(
    session: FakeSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LATCHKEY_LOCAL", str(tmp_path))
    (tmp_path / "stack.json").write_text('{"aws": {"endpoint_url": "http://127.0.0.1:1"}}')
    session.answer = {"ok": True, "schools": []}
    assert operator.main(["list-schools"]) == 0
    assert session.endpoints == {None}


def a_check(state: str, text: str) -> dict[str, Any]:
    return {"name": "x", "title": "X", "state": state, "text": text, "fix": "Do this.", "who": "it", "path": "", "seen": True}


def test_preflight_prints_every_check_and_ends_badly_where_something_stops(
    session: FakeSession, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pieces = [
        {"site": [a_check("stop", "Not signed.")], "schools": {"east": [a_check("ok", "Fine.")]}, "next": "east"},
        {"site": [], "schools": {"west": [a_check("warn", "An old roster.")]}, "next": None},
    ]
    answers = iter([*pieces, pieces[1]])
    invoke = session.invoke

    def next_answer(**said: Any) -> Any:
        session.answer = {"ok": True, **next(answers)}
        return invoke(**said)

    monkeypatch.setattr(session, "invoke", next_answer)
    assert operator.main(["preflight"]) == 1
    assert [event for _, event in session.invoked] == [
        {"command": "preflight", "next": None},
        {"command": "preflight", "next": "east"},
    ]
    found = capsys.readouterr()
    assert "STOP  Not signed.\n        For who looks after the domain’s DNS: Do this." in found.err
    assert "ok    Fine." in found.err
    assert "note  An old roster." in found.err
    assert "2 schools: 1 to put right, 1 to look at." in found.err
    assert json.loads(found.out)["stops"] == 1
    assert operator.main(["preflight"]) == 0, "what only warns ends well"


def test_a_settings_file_that_cannot_be_read_is_said(session: FakeSession, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    assert operator.main(["school", "--slug", "x", "--name", "X", "--settings-file", str(tmp_path / "bad.json")]) == 1
    assert session.invoked == []


def test_copies_of_pages_are_written_until_none_is_left(session: FakeSession, capsys: pytest.CaptureFixture[str]) -> None:
    answers = iter([{"written": 500, "failed": 0, "next": "m"}, {"written": 7, "failed": 1, "next": None}])
    invoke = session.invoke

    def next_answer(**said: Any) -> Any:
        session.answer = {"ok": True, **next(answers)}
        return invoke(**said)

    session.invoke = next_answer  # type: ignore[method-assign]
    assert operator.main(["pages"]) == 0
    assert [event["after"] for _, event in session.invoked] == ["", "m"]
    assert json.loads(capsys.readouterr().out) == {"written": 507, "failed": 1}
