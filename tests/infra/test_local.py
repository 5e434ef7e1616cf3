"""Settings, progress, waiting, and what is remembered of a deploy."""

import io
import itertools
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.local import ministack
from infra.local.build import fingerprint
from infra.local.deploy import Record
from infra.local.files import read_json, write_json
from infra.local.ministack import NAME
from infra.local.progress import Progress
from infra.local.settings import PROJECT, read_settings
from infra.local.trouble import Trouble
from infra.local.waiting import require_free_port, run_logged, wait_for, wait_until, why


def test_settings_have_defaults() -> None:
    settings = read_settings({})
    assert (settings.port, settings.inbox_port, settings.aws_port, settings.recorder_port) == (8000, 8025, 4566, None)
    assert settings.sign_in_url == "http://localhost:8030"
    assert settings.state == settings.tools == PROJECT / ".local"
    assert settings.url == "http://localhost:8000"
    assert settings.aws_url == "http://127.0.0.1:4566"


def test_another_folder_and_other_ports_make_another_stack(tmp_path: Path) -> None:
    settings = read_settings(
        {
            "LATCHKEY_LOCAL": str(tmp_path),
            "PORT": "1",
            "INBOX_PORT": "2",
            "AWS_PORT": "65535",
            "SIGN_IN_PORT": "4",
            "LATCHKEY_DEMO_STUDENTS": "30",
        }
    )
    assert settings.state == tmp_path
    assert settings.tools == PROJECT / ".local"
    assert (settings.port, settings.inbox_port, settings.aws_port, settings.demo_students) == (1, 2, 65535, 30)


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "65536"}, "65536"),
        ({"AWS_PORT": "eight"}, "eight"),
        ({"PORT": "8025"}, "four different ports"),
        ({"RECORDER_PORT": "8025"}, "RECORDER_PORT a fifth"),
        ({"LATCHKEY_DEMO_STUDENTS": "0"}, "students"),
        ({"PORT": "x", "INBOX_PORT": "y"}, "INBOX_PORT"),
    ],
)
def test_a_wrong_setting_is_one_sentence(environment: dict[str, str], word: str) -> None:
    with pytest.raises(Trouble, match=word):
        read_settings(environment)


def test_a_port_in_use_is_said_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=rf"Port {port} \(the product\) is in use.*PORT={port + 100}"):
            require_free_port(port, "PORT", "the product")
    require_free_port(port, "PORT", "the product")


def test_a_port_that_is_bound_but_not_listening_is_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Trouble, match="in use"):
            require_free_port(taken.getsockname()[1], "PORT", "the product")


def test_waiting_ends_with_success_death_or_time() -> None:
    assert wait_until(lambda: True, lambda: False, 0)
    assert not wait_until(lambda: False, lambda: False, 60)
    assert not wait_until(lambda: False, lambda: True, 0.1)


def test_what_moves_is_waited_for_and_what_stands_still_is_not() -> None:
    states = iter([0, 1, 1, 2, 2, 3])
    assert wait_for(lambda: next(states), "three", lambda seen: seen == 3, looks=2, pause=0) == 3
    states = iter([0, 1, 1, 1, 3])
    with pytest.raises(TimeoutError, match="three did not come; 2 looks found nothing new"):
        wait_for(lambda: next(states), "three", lambda seen: seen == 3, looks=2, pause=0)


def test_nothing_is_waited_for_without_an_end() -> None:
    with pytest.raises(TimeoutError, match="it took too long"):
        wait_for(itertools.count(1).__next__, "it", lambda _: False, pause=0, longest=0)


def test_a_logged_command_tells_its_lines_as_they_come(tmp_path: Path) -> None:
    notes: list[str] = []
    code, last = run_logged(
        [sys.executable, "-c", "import sys; print('one'); print(); print('two', file=sys.stderr); sys.exit(3)"],
        environment=dict(os.environ),
        folder=tmp_path,
        log=tmp_path / "logs" / "x.log",
        note=notes.append,
    )
    assert code == 3
    assert sorted(last) == ["one", "two"]
    assert len(notes) == 2
    assert "two" in (tmp_path / "logs" / "x.log").read_text()


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        ([], "it said nothing"),
        (["hello", "bye."], "bye"),
        (["Error: no such table", "see https://x.example/error", "make: *** [x] Error 1"], "Error: no such table"),
        (["make: *** No rule, cannot go on"], "make: *** No rule, cannot go on"),
    ],
)
def test_the_cause_of_a_failure_is_picked_from_the_output(lines: list[str], cause: str) -> None:
    assert why(lines) == cause


def test_progress_shows_signs_of_life_where_no_terminal_is() -> None:
    out = io.StringIO()
    with Progress(out, heartbeat=0.01).step("Deploy") as step:
        step.note("\x1b[1mcreating\x1b[0m\n  a table")
        wait_for(lambda: "creating a table" in out.getvalue(), "a sign of life", pause=0.01)
        step.outcome = "12 tables"
    lines = out.getvalue().splitlines()
    assert lines[0].endswith("Deploy ...")
    assert any("creating a table" in line for line in lines[1:-1])
    assert "Deploy: 12 tables (" in lines[-1]


def test_progress_says_that_a_step_stopped() -> None:
    out = io.StringIO()
    with pytest.raises(ValueError, match="x"), Progress(out).step("Deploy"):
        raise ValueError("x")
    assert "Deploy: stopped after" in out.getvalue()


def test_a_fingerprint_follows_names_and_contents_not_times(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = fingerprint(tmp_path)
    os.utime(tmp_path / "a", (1, 1))
    (tmp_path / ".built").touch()
    assert fingerprint(tmp_path) == first
    (tmp_path / "a").write_text("2")
    assert fingerprint(tmp_path) != first
    (tmp_path / "a").write_text("1")
    (tmp_path / "a").rename(tmp_path / "b")
    assert fingerprint(tmp_path) != first


class FakeProcesses:
    def __init__(self) -> None:
        self.ministack: str | None = "1/100"

    def identity(self, name: str) -> str | None:
        assert name == NAME
        return self.ministack


@pytest.fixture
def processes() -> Any:
    return FakeProcesses()


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "deployed.json")


def test_a_deploy_stands_while_its_ministack_lives(record: Record, processes: Any) -> None:
    assert record.fingerprint(processes) is None
    record.write("abc", processes)
    assert record.fingerprint(processes) == "abc"
    processes.ministack = "2/200"
    assert record.fingerprint(processes) is None


def test_a_deploy_stands_again_after_a_proper_stop(record: Record, processes: Any) -> None:
    record.write("abc", processes)
    record.saved()
    processes.ministack = "2/200"
    assert record.restored(processes)
    assert record.fingerprint(processes) == "abc"


def test_after_a_crash_nothing_is_trusted(record: Record, processes: Any) -> None:
    record.write("abc", processes)
    record.saved()
    processes.ministack = "2/200"
    record.restored(processes)
    processes.ministack = "3/300"
    assert not record.restored(processes)
    assert record.fingerprint(processes) is None


def test_the_first_start_has_nothing_to_restore(record: Record, processes: Any) -> None:
    assert record.restored(processes)


def test_a_damaged_file_is_like_a_missing_one(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "x.json"
    assert read_json(file) is None
    write_json(file, {"a": 1})
    assert read_json(file) == {"a": 1}
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("{")
    assert read_json(file) is None


def test_ministack_sees_nothing_of_the_developers_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "PYTHONPATH", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "leaked")
    environment = ministack._isolated(read_settings({"LATCHKEY_LOCAL": str(tmp_path)}))
    assert "leaked" not in json.dumps(environment)
    assert environment["AUTH"] == "true"
    assert environment["BIND_HOST"] == "127.0.0.1"
    for name in ("HOME", "TMPDIR", "STATE_DIR", "S3_DATA_DIR"):
        assert Path(environment[name]).is_relative_to(tmp_path)
