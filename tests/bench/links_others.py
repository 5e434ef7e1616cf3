"""What links are measured against: Django's form and a plain loop, in memory and over SMTP, and the obvious design on AWS."""

import json
import secrets
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.null_aws import NullAws
from tests.bench.peers import Missing, with_peers

WARM = 20
"""People for whom Django is warmed up."""


class Sink(socketserver.StreamRequestHandler):
    """An SMTP server that takes everything and keeps nothing but the count."""

    mails = 0

    def handle(self) -> None:
        """One connection."""
        self._say("220 sink")
        while line := self.rfile.readline():
            command = line[:4].upper()
            if command == b"DATA":
                self._say("354 go on")
                while self.rfile.readline() not in {b".\r\n", b""}:
                    pass
                type(self).mails += 1
            self._say("221 bye" if command == b"QUIT" else "250 sink")
            if command == b"QUIT":
                return

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


@contextmanager
def sink() -> Iterator[int]:
    """The port of an SMTP server on this machine. Its work is no part of Django's CPU."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def django(way: str, people: int, port: int = 0) -> float:
    """µs of CPU per link of Django's ``form`` or a ``loop`` over everybody, in memory or over SMTP."""
    before = Sink.mails
    ran = subprocess.run([*django_command(way, people, port), "1"], env=with_peers(), capture_output=True, text=True, check=False)
    if ran.returncode:
        raise Missing(f"Django failed: {ran.stderr.strip().splitlines()[-1]}")
    assert Sink.mails - before == (people + WARM if port else 0)
    return float(ran.stdout)


def django_command(way: str, people: int, port: int = 0) -> list[str]:
    """What runs Django; how many passes it makes comes last."""
    return [sys.executable, str(Path(__file__).with_name("django_reset.py")), way, str(people), str(port)]


def naive(people: int) -> tuple[float, NullAws]:
    """One message, one put and one mail per person; µs of CPU per link, and the calls."""
    aws = NullAws()
    sqs, dynamodb, ses = (aws.factory(service) for service in ("sqs", "dynamodb", "sesv2"))
    queue = "https://sqs.eu-west-2.amazonaws.com/123456789012/mails"
    start = time.process_time()
    for number in range(people):
        message = json.dumps({"person": f"u{number}", "to": f"u{number}@pupils.school.example", "name": "Ann Lee"})
        sqs.send_message(QueueUrl=queue, MessageBody=message)
        _mail(dynamodb, ses, json.loads(message))
    return (time.process_time() - start - aws.own) / people * 1e6, aws


def _mail(dynamodb: Any, ses: Any, person: dict[str, str]) -> None:
    token = secrets.token_urlsafe(32)
    item = {"pk": person["person"], "token": token, "to": person["to"], "state": "sent"}
    dynamodb.put_item(TableName="links", Item={name: {"S": value} for name, value in item.items()})
    text = f"Dear {person['name']},\n\nset your password here: https://accounts.school.example/set-password#{token}\n"
    ses.send_email(
        FromEmailAddress="no-reply@school.example",
        Destination={"ToAddresses": [person["to"]]},
        Content={"Simple": {"Subject": {"Data": "Set your password"}, "Body": {"Text": {"Data": text}}}},
    )
