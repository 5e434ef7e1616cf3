"""Our side of CPU per link, alone in its process: AWS is a server in another, as the SMTP server of Django's side is.

``links_apart.py <port> <people> <passes>`` asks the server for messages, as Lambda's runtime does, and hands them to the handlers
of plan_send and deliver_links, which call AWS over HTTP (both sides without TLS); it prints µs of CPU per link of the quickest
pass. ``cloud`` is that server: it hands out what a send's functions are given and answers what they call, out of ``links_run``.
Before, a send to 200 people warms everything up.
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WARM = 200
"""People whom a send before is made to."""
RATE = 50.0
"""Mails a second that the account may send, as where calls per link are counted."""


class _Context:
    def get_remaining_time_in_millis(self) -> int:
        """Always enough."""
        return 120_000


class _Clock:
    """Time that passes while somebody waits."""

    def __init__(self, now: float) -> None:
        self._now = now

    def time(self) -> float:
        """Seconds since 1970."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self._now += seconds


def main(port: int, people: int, passes: int) -> float:
    """µs of CPU per link, of this process alone; its own look for the next message is no part of it."""
    sys.modules["awscrt"] = None  # type: ignore[assignment] - tests bring it along, and signing would use it; the layer has none
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{port}/{os.getpid()}"
    from importlib import import_module

    from latchkey.settings import Settings
    from latchkey.wiring import Wiring, collect_rarely

    collect_rarely()  # as in a deployed function
    clock = _Clock(float(os.environ["NOW"]))
    doors = {}
    for name in ("plan_send", "deliver_links"):
        door = import_module(f"{name}.handler")
        wiring = Wiring(Settings(name, os.environ), clock=clock.time, sleep=clock.sleep)  # type: ignore[arg-type]
        door.system = lambda wiring=wiring: wiring  # type: ignore[attr-defined]
        doors[name] = door.handle
    runtime = http.client.HTTPConnection("127.0.0.1", port)
    taken = []
    for size in (WARM, *[people] * passes):
        taken.append(0.0)
        runtime.request("GET", f"/{os.getpid()}/begin/{size}")
        while message := runtime.getresponse().read():
            asked = json.loads(message)
            start = time.process_time()
            failed = doors[asked["to"]](asked["event"], _Context())["batchItemFailures"]
            taken[-1] += time.process_time() - start
            assert not failed, failed
            runtime.request("GET", f"/{os.getpid()}/next")
    return min(taken[1:] or taken) / people * 1e6


def command(port: int, people: int) -> list[str]:
    """What runs it; how many passes it makes comes last."""
    return [sys.executable, __file__, str(port), str(people)]


def environment() -> dict[str, str]:
    """What it is run with."""
    from tests.bench.links_run import ENVIRONMENT, NOW

    region = {"AWS_DEFAULT_REGION": "eu-west-2", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    return {**os.environ, **ENVIRONMENT, **region, "NOW": str(NOW)}


def microseconds(port: int, people: int, passes: int) -> float:
    """µs of CPU per link of the quickest pass."""
    ran = subprocess.run([*command(port, people), str(passes)], env=environment(), capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return float(ran.stdout.splitlines()[-1])


@contextmanager
def cloud() -> Iterator[int]:
    """The port of AWS on this machine, for as many processes as ask it at once. Its work is no part of anybody's CPU."""
    from functools import cache
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    from botocore.exceptions import ClientError

    from tests.bench.links_run import Run, pages_of
    from tests.support.sqs import event_of

    pages = cache(pages_of)
    runs: dict[str, tuple[Run, Iterator[tuple[str, str]]]] = {}
    names = {"DynamoDB_20120810": "dynamodb", "TrentService": "kms", "AmazonSQS": "sqs"}
    paths = {"outbound-bulk-emails": "sesv2.SendBulkEmail", "outbound-emails": "sesv2.SendEmail", "account": "sesv2.GetAccount"}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            run, _ = runs[self.path.split("/")[1]]
            service, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
            called = f"{names[service]}.{operation}" if service else paths[self.path.rpartition("/")[2]]
            run.aws.calls[called] += 1
            try:
                self._say(run.aws.answers[called](body))
            except ClientError as error:  # a condition that does not hold
                said = {**error.response, "__type": f"com.amazonaws.dynamodb.v20120810#{error.response['Error']['Code']}"}
                self._say(json.dumps(said).encode(), 400)

        def do_GET(self) -> None:
            _, who, what, *size = self.path.split("/")
            if what == "v2":
                self.do_POST()
                return
            if what == "begin":
                run = Run(int(size[0]), pages(int(size[0])), RATE)
                if who in runs:
                    run.rates = runs[who][0].rates  # a function that is warm knows them
                runs[who] = run, run.messages()
            name, body = next(runs[who][1], ("", ""))
            event: dict[str, Any] = event_of([body], {"plan_send": "PLAN_QUEUE"}.get(name, "DELIVER_QUEUE"))
            self._say(json.dumps({"to": name, "event": event}).encode() if name else b"")

        def _say(self, answer: bytes, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("x-amzn-RequestId", "r")
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    sys.stdout.write(f"\n{main(*map(int, sys.argv[1:])):.1f}")
