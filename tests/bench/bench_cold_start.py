"""Cold starts: from a fresh interpreter to the first answer, against a bare stack that makes the same calls.

Both sides run on what the build makes, bytecode included, with the Python that Lambda runs, and call a cloud on this machine by
TLS (``cold_cloud``), whose authority stands in their bundles. Ours imports the handler that the template names and answers one
event: a page, a message, a batch. The bare side imports Chalice, Powertools' Logger and boto3, makes a client for each service
that ours called, and makes the very calls that ours made, one after another; it renders no page and decides nothing. Instructions
decide, without those of an interpreter that does nothing; where valgrind is missing, the median of CPU times of runs in turns.
"""

import json
import os
import statistics
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from latchkey.settings import NEEDS, FunctionName
from tests.bench.bars import Row, not_here, row
from tests.bench.cold_build import DEPLOYED, Build, build
from tests.bench.cold_cloud import Cloud, running_cloud
from tests.bench.cold_stories import Stories, town
from tests.bench.instructions import can_count, instructions
from tests.bench.peers import Missing
from tests.support import sam
from tests.support.system import REGION

ROUNDS = 7  # where time decides; one where instructions do
LATE = ("pydantic", "jinja2", "aws_xray_sdk", "argon2", "dns", "xlsxwriter", "reportlab", "fido2", "cryptography", "pyotp")
"""What no worker needs for its first event."""
_WEB = {"PortalFunction": ("cold_portal", 0.65), "ConsoleFunction": ("cold_console", 0.75)}
_WORKERS = ("cold_workers", 0.75)
_NO_BAR = "OperateFunction"
"""It is no worker: only an operator waits for it, and it starts without what the build has made."""

_COMMON = """
import base64, json, sys, time
def binary(wire):
    if isinstance(wire, dict):
        if len(wire) == 1 and isinstance(wire.get("B"), str):
            return {"B": base64.b64decode(wire["B"])}
        return {name: base64.b64decode(value) if name == "Message" else binary(value) for name, value in wire.items()}
    return [binary(each) for each in wire] if isinstance(wire, list) else wire
event, calls, begun = json.load(open(sys.argv[1])), binary(json.load(open(sys.argv[2]))), time.process_time()
class Context:
    function_name, memory_limit_in_mb, aws_request_id = "f", 1024, "1"
    invoked_function_arn = "arn:aws:lambda:eu-west-2:123456789012:function:f"
    def get_remaining_time_in_millis(self):
        return 29_000
def said(loaded, answer):
    times = {"loaded": loaded - begun, "answered": time.process_time() - begun}
    print("\\n" + json.dumps({**times, "modules": sorted(sys.modules), "answer": answer}, default=str))
"""
_NOTHING = _COMMON + "said(begun, None)"
_OURS = (
    _COMMON
    + """
import importlib
module, _, name = sys.argv[3].rpartition(".")
handle = getattr(importlib.import_module(module), name)
loaded = time.process_time()
said(loaded, handle(event, Context()))
"""
)
_BARE = (
    _COMMON
    + """
if sys.argv[3] == "chalice":
    from chalice import Chalice
from aws_lambda_powertools import Logger
import boto3
from botocore.exceptions import ClientError
logger = Logger()
clients = {service: boto3.client(service) for service in dict.fromkeys(service for service, _, _ in calls)}
loaded = time.process_time()
def work():
    for service, operation, request in calls:
        try:
            answer = getattr(clients[service], operation)(**request)
        except ClientError:
            continue  # a condition that did not hold for ours either
        if operation == "get_object":
            answer["Body"].read()
    logger.info("done")
    return {"done": len(calls)}
if sys.argv[3] == "chalice" and "httpMethod" in event:
    app = Chalice("bare", configure_logs=False)
    app.route(event["resource"].replace("{proxy+}", "{proxy}"), methods=[event["httpMethod"]], content_types=["application/json",
        "application/x-www-form-urlencoded"])(lambda **_: work())
    event["requestContext"]["resourcePath"] = event["resource"].replace("{proxy+}", "{proxy}")
    said(loaded, app(event, Context()))
else:
    said(loaded, work())
"""
)


@dataclass
class Side:
    """What one side took: instructions, and seconds of each round until it was loaded and until it had answered."""

    counted: int = 0
    loaded: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)

    def took(self) -> float:
        """What decides."""
        return self.counted or statistics.median(self.answered)

    def words(self) -> str:
        """For people."""
        times = f"{statistics.median(self.answered) * 1000:.0f} ms, {statistics.median(self.loaded) * 1000:.0f} of them loading"
        return (f"{self.counted / 1e6:,.0f} M instructions, " if self.counted else "") + times


def main() -> list[Row]:
    """The rows of the table."""
    try:
        built, authority = build()
    except Missing as missing:
        return [not_here("cold starts", missing, key) for key in ("cold_portal", "cold_console", "cold_workers")]
    with town() as (console, stories), running_cloud(console.system, authority.certificate) as cloud:
        cloud.keep()
        return _Race(built, cloud, stories).rows()


class _Race:
    """Every story told by both sides, in turns."""

    def __init__(self, built: Build, cloud: Cloud, stories: Stories) -> None:
        self._built, self._cloud, self._stories = built, cloud, stories
        self._calls: dict[str, list[Any]] = {}
        self._folder = tempfile.TemporaryDirectory()

    def rows(self) -> list[Row]:
        """One for each story; what a bar is of says whether the deployed Python was here."""
        for story in self._stories:
            self._prepare(story)
        found: dict[tuple[str, str], Side] = {
            (story, side): Side() for story in self._stories for side in ("ours", "bare", "less")
        }
        for _ in range(1 if can_count() else ROUNDS):
            for (story, side), each in found.items():
                self._time(story, side, each)
        if can_count():
            nothing = self._count(next(iter(self._stories)), "nothing")
            for (story, side), each in found.items():
                if side != "less":
                    each.counted = self._count(story, side) - nothing
        return [self._row(story, *(found[story, side] for side in ("ours", "bare", "less"))) for story in self._stories]

    def _prepare(self, story: str) -> None:
        """What ours calls, for the other side; and everything is in the disk's cache."""
        path = Path(self._folder.name)
        (path / f"{story}.event").write_text(json.dumps(self._stories[story][1]))
        (path / f"{story}.calls").write_text("[]")
        said = self._run(story, "ours")
        _must_be_good(story, said["answer"])
        calls = list(self._cloud.asked)
        self._calls[story] = calls
        assert calls, f"{story} has called nothing"
        (path / f"{story}.calls").write_text(json.dumps(calls))
        self._run(story, "bare")
        again = [(service, operation) for service, operation, _ in self._cloud.asked]
        assert again == [(service, operation) for service, operation, _ in calls], (story, again)

    def _time(self, story: str, side: str, into: Side) -> None:
        said = self._run(story, side)
        into.loaded.append(said["loaded"])
        into.answered.append(said["answered"])
        into.modules = set(said["modules"])

    def _count(self, story: str, side: str) -> int:
        self._cloud.begin()
        return instructions(self._command(story, side), self._environment(story, side))

    def _run(self, story: str, side: str) -> dict[str, Any]:
        self._cloud.begin()
        ran = subprocess.run(
            self._command(story, side),
            env=self._environment(story, side),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if ran.returncode:
            raise SystemExit(f"{story}, {side}: {ran.stderr.strip()[-2_000:]}")
        found: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
        return found

    def _command(self, story: str, side: str) -> list[str]:
        script = {"ours": _OURS, "bare": _BARE, "less": _BARE, "nothing": _NOTHING}[side]
        handler = str(sam.functions()[self._stories[story][0]]["Handler"])
        what = {"ours": handler, "bare": "chalice"}.get(side, "")
        path = Path(self._folder.name)
        return [self._built.python, "-c", script, str(path / f"{story}.event"), str(path / f"{story}.calls"), what]

    def _environment(self, story: str, side: str) -> dict[str, str]:
        logical = self._stories[story][0]
        function: FunctionName = sam.package(sam.functions()[logical])  # type: ignore[assignment]
        settings = {name: self._cloud.system.environment[name] for name in NEEDS[function]}
        return settings | {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": self._built.ours(logical) if side == "ours" else self._built.bare,
            "PYTHONHASHSEED": "0",
            "AWS_ENDPOINT_URL": f"https://127.0.0.1:{self._cloud.port}",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_LAMBDA_FUNCTION_NAME": function,
            "POWERTOOLS_SERVICE_NAME": function,
            "POWERTOOLS_METRICS_NAMESPACE": "latchkey",
        }

    def _row(self, story: str, ours: Side, bare: Side, less: Side) -> Row:
        key, bar = _WEB.get(self._stories[story][0], _WORKERS)
        ratio = ours.took() / bare.took()
        late = sorted(ours.modules & set(LATE)) if key == "cold_workers" else []
        times = [statistics.median(each.answered) for each in (ours, less)]
        without = f"; by time {times[0] / times[1]:.2f} x one without Chalice" if key == "cold_workers" else ""
        calls = self._calls[story]
        called = f"{len(calls)} calls, {len({service for service, _, _ in calls})} services"
        got = f"{ratio:.2f} x ({ours.words()}; the other {bare.words()}; {called}){without}"
        got += f", loads {', '.join(late)}" * bool(late)
        if not self._built.version.startswith(DEPLOYED):
            got += f"; on Python {self._built.version}, deployed is {DEPLOYED}, which is not here"
        if not ours.counted:
            got += "; by CPU time, because valgrind is not here"
        if self._stories[story][0] == _NO_BAR:
            return row(f"cold start of {story}", got, ratio)
        return row(f"cold start of {story}", got, ratio, met=ratio <= bar and not late, of=key)


def _must_be_good(story: str, answer: Any) -> None:
    """An answer that says that it failed measures nothing."""
    if isinstance(answer, dict):
        assert answer.get("statusCode", 200) in {200, 202, 303}, (story, answer)
        assert not answer.get("batchItemFailures"), (story, answer)
        assert answer.get("ok", True), (story, answer)
