"""A command that takes several calls of the function: one piece after the other, with progress, and a place to go on from."""

import base64
import binascii
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import boto3

from infra.local.trouble import Trouble
from infra.operator.invoke import operate
from infra.operator.where import Ask

MINUTE: Final = 60


class Stopped(Trouble):
    """A command has stopped part-way: ``how`` are the options with which it goes on, None where it begins anew without harm."""

    def __init__(self, reason: str, how: str | None) -> None:
        super().__init__(reason)
        self.how = how


@dataclass
class Progress:
    """How far a command is, said after each piece, with an estimate of what is left."""

    began: float = field(default_factory=time.monotonic)

    def say(self, what: str, done: float | None = None) -> None:
        """``done``: the part that is done, 0 to 1; None where nobody knows."""
        if done is None or done <= 0:
            print(f"  {what}", file=sys.stderr)
            return
        left = (time.monotonic() - self.began) * (1 - min(done, 1)) / done
        print(f"  {min(done, 1):4.0%}, {duration(left)} left: {what}", file=sys.stderr)


def duration(seconds: float) -> str:
    """About how long, in words."""
    minutes = round(seconds / MINUTE)
    if seconds < MINUTE:
        return "less than a minute"
    return "about a minute" if minutes == 1 else f"about {minutes:,} minutes"


def in_pieces(ask: Ask, event: Mapping[str, Any], start: Any, note: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """Ask until there is no ``next``; each answer is handed to ``note``. The last answer. ``Stopped`` if it breaks off."""
    following = start
    try:
        while True:
            answer = ask({**event, "next": following})
            following = answer["next"]
            note(answer)
            if following is None:
                return answer
    except KeyboardInterrupt:
        raise Stopped("Interrupted.", _how(following)) from None
    except Trouble as trouble:
        if following is None:  # nothing was done yet
            raise
        raise Stopped(str(trouble), _how(following)) from trouble


def _how(following: Any) -> str | None:
    return None if following is None else f"--next {sealed(following)}"


def sealed(cursor: Any) -> str:
    """A cursor in letters that no shell and no make changes."""
    return base64.urlsafe_b64encode(json.dumps(cursor, separators=(",", ":")).encode()).decode().rstrip("=")


def unsealed(text: str | None) -> Any:
    """The cursor of ``sealed``; Trouble for a text that is none."""
    if text is None:
        return None
    try:
        return json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise Trouble("This --next is not what an earlier command has printed. Copy it whole, or leave it out.") from error


def delete_school(ask: Ask, school: str, *, confirm: str | None, start: Any) -> dict[str, Any]:
    """Count what a school has, or delete it: {"school", "deleted", "counts"}."""
    counts, progress = Counter[str](), Progress()

    def note(answer: Mapping[str, Any]) -> None:
        counts.update(answer["counts"])
        verb = "deleted" if confirm else "counted"
        progress.say(
            f"{counts.total():,} things {verb}, {answer['places']} of {answer['of']} places", answer["places"] / answer["of"]
        )

    in_pieces(ask, {"command": "delete_school", "school": school, "confirm": confirm}, start, note)
    return {"school": school, "deleted": confirm is not None, "counts": dict(counts)}


def export_school(ask: Ask, school: str, start: Any) -> dict[str, Any]:
    """Write a school's files: {"folder", "counts"}."""
    counts, progress = Counter[str](), Progress()

    def note(answer: Mapping[str, Any]) -> None:
        counts.update(answer["counts"])
        progress.say(", ".join(f"{count:,} {kind}" for kind, count in counts.items()) or "nothing yet")

    last = in_pieces(ask, {"command": "export_school", "school": school}, start, note)
    return {"folder": f"s3://{last['folder']}", "counts": dict(counts)}


def publish_pages(session: boto3.Session, stack: str, endpoint_url: str | None = None) -> dict[str, Any]:
    """Write the copy of every school's public page again: {"written", "failed"}. After each release, and whenever S3 was down."""
    return write_pages(lambda event: operate(session, stack, event, endpoint_url), None)


def write_pages(ask: Ask, start: Any) -> dict[str, Any]:
    """The same, with what asks the stack, from where an earlier command has stopped."""
    written = failed = 0
    progress = Progress()

    def note(answer: Mapping[str, Any]) -> None:
        nonlocal written, failed
        written, failed = written + answer["written"], failed + answer["failed"]
        progress.say(f"{written:,} pages written, {failed:,} failed")

    def piece(event: Mapping[str, Any]) -> dict[str, Any]:
        return ask({"command": event["command"], "after": event["next"] or ""})

    in_pieces(piece, {"command": "publish_pages"}, start, note)
    return {"written": written, "failed": failed}
