"""Asks for what an environment's file lacks, in plain words; where nobody can answer, names all that is missing at once."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.deploy import environment
from infra.deploy.environment import FOLDER


@dataclass(frozen=True)
class Question:
    """A key of the environment's file, what is asked for it, and what an empty answer means ('' where none will do)."""

    key: str
    text: str
    example: str
    empty: str = ""


QUESTIONS = (
    Question("region", "Which AWS region shall it run in? London is eu-west-2.", "eu-west-2"),
    Question(
        "mail_from",
        "Which address do its mails come from? You must be able to change the DNS of its domain.",
        "no-reply@school.example",
    ),
    Question(
        "alarm_email",
        "Who gets a mail when something is wrong?",
        "it@school.example",
        "nobody is mailed; the alarms are still raised",
    ),
    Question(
        "domain",
        "Under which domain of yours shall people reach it? It needs a certificate in us-east-1.",
        "accounts.school.example",
        "it is reached under a name of CloudFront's, and a domain can come later",
    ),
)


class Missing(Exception):
    """Something is missing, and nobody is there to ask: all of it, with the lines to add."""


def complete(
    name: str,
    said: Mapping[str, Any],
    *,
    ask: Callable[[str], str] | None,
    say: Callable[[str], None] = print,
    folder: Path = FOLDER,
) -> dict[str, Any]:
    """What the file says and what was answered, which stands in the file then, answer by answer.

    `ask` is None where nobody can answer; then Missing is raised as soon as anything is missing.
    """
    missing = [question for question in QUESTIONS if question.key not in said]
    if not missing:
        return dict(said)
    if ask is None:
        raise Missing(_missing(name, missing, folder))
    path = folder / f"{name}.toml"
    say(f"{path} {'lacks some lines' if path.exists() else 'does not exist yet'}.")
    say(f"{len(missing)} short {'question' if len(missing) == 1 else 'questions'}; the answers are kept there.")
    answers = dict(said)
    for question in missing:
        answers[question.key] = _answer(question, ask, say)
        environment.write(name, {question.key: answers[question.key]}, folder)
    return answers


def can_answer(variables: Mapping[str, str]) -> bool:
    """Is somebody there? Not in a pipe, and not in CI, which may have a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not variables.get("CI")


def _answer(question: Question, ask: Callable[[str], str], say: Callable[[str], None]) -> str:
    say("")
    say(question.text)
    say(f"  Enter alone: {question.empty}." if question.empty else f"  For example {question.example}")
    while True:
        answer = ask(f"{question.key}: ").strip()
        if not answer and question.empty:
            return ""
        wrong = environment.fault(question.key, answer) if answer else f"An answer is needed, for example {question.example}"
        if wrong is None:
            return answer
        say(f"  {wrong[0].upper()}{wrong[1:]}.")


def _missing(name: str, missing: list[Question], folder: Path) -> str:
    lines = [f"Nothing was deployed: {folder / name}.toml lacks {len(missing)} of the lines that a deploy needs. Add:", ""]
    for question in missing:
        lines += [f"  # {question.text}", *([f'  # "": {question.empty}.'] if question.empty else ())]
        lines.append(f'  {question.key} = "{question.example}"')
    lines += ["", f"Or run `make deploy ENV={name}` in a terminal: it asks for them and writes the file."]
    return "\n".join(lines)
