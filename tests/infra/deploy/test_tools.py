"""The programs that a deploy needs are named when they are missing or too old."""

from collections.abc import Sequence

import pytest

from infra.deploy import tools
from infra.deploy.findings import Level
from infra.deploy.template import read_template
from infra.local.settings import PROJECT


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ((0, f"SAM CLI, version {tools.SAM_CLI}"), Level.FINE),
        ((0, "SAM CLI, version 1.160.9"), Level.STOP),
        ((0, "SAM CLI, version 2.0.0"), Level.FINE),
        ((0, "something else"), Level.STOP),
        ((127, "No such file or directory"), Level.STOP),
    ],
)
def test_the_sam_cli_must_be_new_enough(said: tuple[int, str], level: Level) -> None:
    assert tools.check_sam(lambda _: said).level is level


def test_a_program_that_is_not_there_is_no_exception() -> None:
    assert tools.run(["/no/such/program"])[0] == 127


def test_the_python_that_compiles_is_found() -> None:
    assert tools.find_compiler(lambda _: (0, "/usr/bin/python3.13")) == "/usr/bin/python3.13"


def test_where_there_is_none_uv_fetches_it() -> None:
    asked: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> tuple[int, str]:
        asked.append(command)
        return 0, "/uv/python3.13" if len(asked) == 3 else ""

    assert tools.find_compiler(run) == "/uv/python3.13"
    assert list(asked[1][1:3]) == ["python", "install"]


def test_without_it_a_deploy_stops() -> None:
    assert tools.check_compiler(tools.find_compiler(lambda _: (1, ""))).level is Level.STOP
    assert tools.check_compiler("/usr/bin/python3.13").level is Level.FINE


def test_it_is_the_runtimes_version() -> None:
    assert read_template(PROJECT / "template.yaml").version == tools.RUNTIME
