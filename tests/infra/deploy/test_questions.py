"""A deploy asks for what is missing and nothing else, keeps each answer, and never asks where nobody can answer."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.deploy import environment, questions
from infra.local.settings import PROJECT


def answering(*answers: str) -> Callable[[str], str]:
    """A person who types these; asked once more, the test fails."""
    left = list(answers)
    return lambda _prompt: left.pop(0)


def test_four_questions_make_an_environment(tmp_path: Path) -> None:
    ask = answering("eu-west-2", "no-reply@school.example", "", "")
    said = questions.complete("prod", {}, ask=ask, say=lambda _: None, folder=tmp_path)
    assert said == {"region": "eu-west-2", "mail_from": "no-reply@school.example", "alarm_email": "", "domain": ""}
    assert environment.read("prod", tmp_path) == said


def test_only_what_is_missing_is_asked(tmp_path: Path) -> None:
    known = {"region": "eu-west-2", "mail_from": "a@school.example", "domain": ""}
    heard: list[str] = []
    said = questions.complete("prod", known, ask=answering("it@school.example"), say=heard.append, folder=tmp_path)
    assert said == {**known, "alarm_email": "it@school.example"}
    assert environment.read("prod", tmp_path) == {"alarm_email": "it@school.example"}
    assert any("1 short question;" in line for line in heard)


def test_a_whole_file_is_not_asked_about(tmp_path: Path) -> None:
    known = {question.key: "" for question in questions.QUESTIONS}
    assert questions.complete("prod", known, ask=None, folder=tmp_path) == known
    assert not list(tmp_path.iterdir())


def test_a_wrong_answer_is_explained_and_asked_again(tmp_path: Path) -> None:
    heard: list[str] = []
    ask = answering("", "london", "eu-west-2", "nobody", "a@school.example", "x", "", "")
    said = questions.complete("prod", {}, ask=ask, say=heard.append, folder=tmp_path)
    assert said["region"] == "eu-west-2"
    assert said["mail_from"] == "a@school.example"
    told = "\n".join(heard)
    assert "'london'" in told
    assert "'nobody'" in told
    assert "An answer is needed, for example eu-west-2." in told


def test_what_was_answered_before_somebody_left_is_kept(tmp_path: Path) -> None:
    def ask(prompt: str) -> str:
        if prompt.startswith("region"):
            return "eu-west-2"
        raise EOFError

    with pytest.raises(EOFError):
        questions.complete("prod", {}, ask=ask, say=lambda _: None, folder=tmp_path)
    assert environment.read("prod", tmp_path) == {"region": "eu-west-2"}


def test_without_anybody_everything_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(questions.Missing) as missing:
        questions.complete("prod", {"region": "eu-west-2"}, ask=None, folder=tmp_path)
    said = str(missing.value)
    assert "Nothing was deployed" in said
    assert [line.split(" =")[0].strip() for line in said.splitlines() if " = " in line] == ["mail_from", "alarm_email", "domain"]
    assert not list(tmp_path.iterdir())


def test_the_lines_that_are_proposed_make_a_good_file(tmp_path: Path) -> None:
    with pytest.raises(questions.Missing) as missing:
        questions.complete("prod", {}, ask=None, folder=tmp_path)
    lines = [line for line in str(missing.value).splitlines() if line.startswith("  ")]
    (tmp_path / "prod.toml").write_text("\n".join(line.strip() for line in lines))
    assert environment.read("prod", tmp_path).keys() == {question.key for question in questions.QUESTIONS}


def test_ci_is_nobody() -> None:
    assert not questions.can_answer({"CI": "true"})


def nobodys_shell() -> dict[str, str]:
    """The environment of a shell without AWS credentials, on no machine of AWS's, and not in CI."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") and name != "CI"}
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}


def command(*arguments: str, folder: Path) -> list[str]:
    return [sys.executable, "-m", "infra.deploy", *arguments, "--environments", str(folder)]


def deploy(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    run = command(*arguments, folder=folder)
    return subprocess.run(
        run, cwd=PROJECT, env=nobodys_shell(), input="", capture_output=True, text=True, check=False, timeout=60
    )


def test_in_a_pipe_it_ends_with_2_and_asks_nothing(tmp_path: Path) -> None:
    done = deploy("prod", folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    for question in questions.QUESTIONS:
        assert f"{question.key} = " in done.stderr


def test_without_a_name_it_says_which_there_are(tmp_path: Path) -> None:
    (tmp_path / "prod.toml").touch()
    done = deploy(folder=tmp_path)
    assert done.returncode == 2
    assert "prod, local" in done.stderr


def test_a_file_that_is_wrong_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "prod.toml").write_text('region = "mars"\n')
    done = deploy("prod", folder=tmp_path)
    assert done.returncode == 1
    assert "'mars'" in done.stderr


def test_without_credentials_it_ends_with_1_before_anything_is_built(tmp_path: Path) -> None:
    whole = {question.key: question.example for question in questions.QUESTIONS}
    environment.write("prod", {**whole, "domain": ""}, tmp_path)
    done = deploy("prod", "--built", str(tmp_path / "no-such-template.yaml"), folder=tmp_path)
    assert done.returncode == 1
    assert "STOP  The AWS credentials in this shell do not work" in done.stdout
    assert "Nothing was changed: 1 of these has to be put right." in done.stderr


def test_in_a_terminal_it_asks_and_writes_the_file(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    run = command("prod", "--built", str(tmp_path / "no-such-template.yaml"), folder=tmp_path)
    with subprocess.Popen(run, cwd=PROJECT, env=nobodys_shell(), stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, b"eu-west-2\nno-reply@school.example\n\n\n")
        said = b""
        with contextlib.suppress(OSError):  # what Linux says when the other end of a terminal is closed
            while piece := os.read(ours, 4096):
                said += piece
    os.close(ours)
    assert process.returncode == 1, "there are no credentials"
    assert b"4 short questions" in said
    assert environment.read("prod", tmp_path) == {
        "region": "eu-west-2",
        "mail_from": "no-reply@school.example",
        "alarm_email": "",
        "domain": "",
    }


def test_the_local_cloud_has_no_plan(tmp_path: Path) -> None:
    done = deploy("local", "--plan", folder=tmp_path)
    assert done.returncode == 1
    assert "without a plan" in done.stderr
