"""``python -m tests.support.quick_stack FOLDER [ORIGIN...] [ISSUER=ADDRESS...]``: FOLDER/stack.json says where it is.

It ends with standard input. Single sign-on may ask the origins (of this machine), beside the demo's own school sign-in; an issuer
elsewhere is asked at the address of one of them.
"""

import json
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local import demo_school, demo_sign_in
from infra.local.files import write_json
from infra.local.progress import Progress
from infra.local.settings import SCHOOL, Settings
from infra.school_sign_in.accounts import accounts
from infra.school_sign_in.app import running
from tests.support.gateway import answer, proxy_event
from tests.support.in_process import app_of
from tests.support.quick_stack.cloud import Cloud, cloud
from tests.support.system import REGION

STUDENTS = 240
"""Enough for several pages of a list."""


Made = tuple[int, Mapping[str, str | list[str]], bytes]
"""Status, headers, body."""


class Server(ThreadingHTTPServer):
    """Answers by one function for all requests: ``(method, target, headers, body, address) -> (status, headers, body)``."""

    daemon_threads = True
    request_queue_size = 64
    answer: Callable[[str, str, Message, bytes, str], Made]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Connection)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """Print it, unless a browser has only hung up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            traceback.print_exc()


class Connection(BaseHTTPRequestHandler):
    """One browser."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or the body waits 40 ms until the browser has acknowledged the headers
    wbufsize = -1
    server: Server

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, text = self.server.answer(self.command, self.path, self.headers, body, self.client_address[0])
        self.send_response_only(status)
        for name, value in ((name, each) for name, found in headers.items() for each in _each(found)):
            if name.lower() not in {"content-length", "transfer-encoding", "connection", "content-encoding"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    def __getattr__(self, name: str) -> Any:
        """``do_GET`` and all others are one."""
        if name.startswith("do_"):
            return self._do
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _each(value: str | list[str]) -> list[str]:
    """A header's values: cookies come as several."""
    return value if isinstance(value, list) else [value]


def product(world: Cloud, origin: str) -> Callable[..., Made]:
    """The apps, the buckets under ``/_buckets/``, and the operator's function under ``/_operate``."""

    def local(text: str) -> str:
        for bucket in world.buckets:
            text = text.replace(f"https://{bucket}.s3.{REGION}.amazonaws.com", f"{origin}/_buckets/{bucket}")
        return text

    def handle(method: str, target: str, headers: Message, body: bytes, address: str) -> Made:
        path = urlsplit(target).path
        if path == "/_operate":
            return 200, {"Content-Type": "application/json"}, json.dumps(world.operate(json.loads(body))).encode()
        if path.startswith("/_buckets/"):
            bucket, _, rest = target.removeprefix("/_buckets/").partition("/")
            kept = {"Content-Type": headers["Content-Type"]} if headers["Content-Type"] else {}
            found = world.bucket(method, bucket, rest, kept, body)
            return found.status_code, {name: local(value) for name, value in found.headers.items()}, found.content
        app = app_of(path)
        event = proxy_event(app, method, target, dict(headers.items()), body)
        event["requestContext"]["identity"]["sourceIp"] = address
        made = answer(app, event)
        is_text = "text" in made.headers.get("Content-Type", "") or "json" in made.headers.get("Content-Type", "")
        content = local(made.body.decode()).encode() if is_text else made.body
        sent = {name: [local(str(each)) for each in _each(value)] for name, value in made.headers.items()}
        return made.status_code, sent, content

    return handle


def inbox(world: Cloud) -> Callable[..., Made]:
    """The mails to an address, newest first, as the local inbox lists them."""

    def handle(_method: str, target: str, _headers: Message, _body: bytes, _address: str) -> Made:
        to = parse_qs(urlsplit(target).query).get("to", [""])[0].casefold()
        found = [mail for mail in reversed(world.ses.mails) if not to or mail.to.casefold() == to]
        items = [{"to": m.to, "subject": m.subject, "text": m.text, "html": m.html, "sent_at": str(m.at)} for m in found]
        return 200, {"Content-Type": "application/json"}, json.dumps({"items": items}).encode()

    return handle


def main(folder: Path, sign_ins: list[str], stand_ins: dict[str, str]) -> None:
    """Serve until standard input ends."""
    site, mails = Server(), Server()
    origin = f"http://localhost:{site.server_port}"
    known = accounts(demo_sign_in.SCHOOL, min(STUDENTS, demo_sign_in.STUDENTS))
    with running(demo_sign_in.NAME, known) as issuer, cloud(origin, [issuer, *sign_ins], stand_ins) as world:
        site.answer, mails.answer = product(world, origin), inbox(world)
        settings = Settings(
            state=folder,
            tools=folder,
            port=site.server_port,
            inbox_port=mails.server_port,
            aws_port=0,
            sign_in_port=int(issuer.rpartition(":")[2]),
            recorder_port=None,
            demo_students=STUDENTS,
        )
        demo_school._operate = lambda _, event: world.operate(dict(event))
        admins = demo_school.load(settings, Progress())
        write_json(folder / "stack.json", description(settings, admins))
        sys.stdin.read()


def description(settings: Settings, admins: dict[str, dict[str, str]]) -> dict[str, Any]:
    """What stack.json says of it."""
    return {
        "url": settings.url,
        "inbox": settings.inbox_url,
        "school": SCHOOL,
        "admin": admins[SCHOOL],
        "schools": {slug: {"admin": admin} for slug, admin in admins.items()},
        "sso": demo_sign_in.description(settings),
        "operate": f"{settings.url}/_operate",
    }


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        [each for each in sys.argv[2:] if "=" not in each],
        dict(each.split("=", 1) for each in sys.argv[2:] if "=" in each),
    )
