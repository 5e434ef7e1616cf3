"""Processes are found again by a later command, and nothing foreign is ever taken for ours."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.processes import Processes
from infra.local.trouble import Trouble
from infra.local.waiting import wait_until

SLEEP = "import time; print('hello', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, lambda *_: None); print('up', flush=True); time.sleep(60)"


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Processes]:
    """The command that starts a process; at the end it waits for it, as a parent must."""
    processes = Processes(tmp_path / "processes.json")
    yield processes
    for child in processes._children.values():
        child.wait(60)


@pytest.fixture
def later(tmp_path: Path) -> Processes:
    """A command that runs after it and knows only what was recorded."""
    return Processes(tmp_path / "processes.json")


def start(processes: Processes, folder: Path, code: str = SLEEP) -> int:
    return processes.start(
        "sleeper",
        [sys.executable, "-c", code],
        environment={"ONLY": "this"},
        folder=folder,
        log=folder / "logs" / "sleeper.log",
        what=4566,
    )


def test_a_later_command_finds_a_process_and_stops_it(first: Processes, later: Processes, tmp_path: Path) -> None:
    start(first, tmp_path)
    assert later.running("sleeper") == 4566
    assert later.identity("sleeper") == later.identity("sleeper") is not None
    assert later.stop("sleeper", patience=60)
    assert later.running("sleeper") is None
    assert not later.stop("sleeper", patience=60)


def test_a_process_id_that_somebody_else_has_now_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP], stdout=subprocess.DEVNULL) as foreign:
        record = {"sleeper": {"pid": foreign.pid, "born": "long ago", "what": 4566}}
        (tmp_path / "processes.json").write_text(json.dumps(record))
        processes = Processes(tmp_path / "processes.json")
        assert processes.running("sleeper") is None
        assert processes.identity("sleeper") is None
        assert not processes.stop("sleeper", patience=1)
        assert foreign.poll() is None
        foreign.kill()


def test_a_process_that_has_ended_is_not_running(first: Processes, later: Processes, tmp_path: Path) -> None:
    start(first, tmp_path, "pass")
    assert wait_until(lambda: later.running("sleeper") is None, lambda: True, 60)
    assert not later.stop("sleeper", patience=1)


def test_a_process_that_does_not_end_is_not_killed(first: Processes, later: Processes, tmp_path: Path) -> None:
    pid = start(first, tmp_path, STUBBORN)
    log = tmp_path / "logs" / "sleeper.log"
    assert wait_until(lambda: "up" in log.read_text(), lambda: True, 60)
    with pytest.raises(Trouble, match=rf"process {pid}.*may still be saving"):
        later.stop("sleeper", patience=0.2)
    assert later.running("sleeper") == 4566
    os.kill(pid, signal.SIGKILL)


def test_a_process_sees_only_the_environment_it_was_given(first: Processes, tmp_path: Path) -> None:
    start(first, tmp_path, "import os; print(sorted(os.environ))")
    assert wait_until(lambda: first.running("sleeper") is None, lambda: True, 60)
    said = (tmp_path / "logs" / "sleeper.log").read_text()
    assert "ONLY" in said
    assert "HOME" not in said


def test_the_record_is_for_its_owner_only(first: Processes, tmp_path: Path) -> None:
    start(first, tmp_path, "pass")
    assert (tmp_path / "processes.json").stat().st_mode & 0o777 == 0o600
