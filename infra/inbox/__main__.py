"""`python -m infra.inbox CONFIG`: serve the inbox; CONFIG is a JSON file {"port", "aws_url", "file", "feedback"}.

GET /               the mails, newest first: JSON {"items": [{"to", "subject", "text", "html", "sent_at"}]} or a page;
                    ?to=ADDRESS shows only those to one address
GET /mails/ID       one mail as a page; /mails/ID/html is what its frame shows
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from infra.inbox import feedback, pages
from infra.inbox.store import Mails

_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
# A mail may bring styles and pictures of its own, but no script, and it is nobody's same origin.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


class MiniStackPost:
    """The mails that MiniStack's SES took."""

    def __init__(self, aws_url: str) -> None:
        self._aws_url = aws_url

    def count(self) -> int:
        """What the SES account says it sent; MiniStack's root caller may ask without a signature."""
        root = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-2/ses/aws4_request, SignedHeaders=host, Signature=0"
        return int(self._get("/v2/email/account", {"Authorization": root})["SendQuota"]["SentLast24Hours"])

    def fetch(self) -> list[dict[str, Any]]:
        """All messages of all accounts."""
        return [m for messages in self._get("/_ministack/ses/messages", {})["messages"].values() for m in messages]

    def _get(self, path: str, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(self._aws_url + path, headers=headers)  # noqa: S310 - an http address on this machine
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)


class Inbox(ThreadingHTTPServer):
    """The server."""

    daemon_threads = True
    request_queue_size = 64
    allow_reuse_address = True

    def __init__(self, port: int, mails: Mails) -> None:
        self.mails = mails
        super().__init__(("127.0.0.1", port), Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that hangs up is not an error."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Connection(BaseHTTPRequestHandler):
    """One reader."""

    protocol_version = "HTTP/1.1"
    timeout = 75
    disable_nagle_algorithm = True  # or the body waits 40 ms until the reader has acknowledged the headers
    server: Inbox

    def do_GET(self) -> None:
        """The list, a mail, its HTML, or the style sheet."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        steps = [unquote(step) for step in parts.path.strip("/").split("/")]
        if parts.path == "/":
            self._list(query)
        elif parts.path == "/style.css":
            self._send("text/css; charset=utf-8", pages.STYLE)
        elif steps[0] == "mails" and len(steps) in {2, 3}:
            self._mail(steps[1], steps[2:])
        else:
            self._send("text/html; charset=utf-8", pages.missing_page(), status=404)

    do_HEAD = do_GET  # noqa: N815 - http.server looks for this name

    def log_message(self, *_: object) -> None:
        """Nothing: who reads which mail is not worth a log."""

    def _list(self, query: dict[str, str]) -> None:
        to = query.get("to", "")
        mails = self.server.mails.all(to or None)
        if "text/html" in self.headers.get("Accept", ""):
            page = int(query["page"]) if query.get("page", "").isdecimal() and int(query["page"]) else 1
            self._send("text/html; charset=utf-8", pages.list_page(mails, to, page))
            return
        items = [{"to": m.recipients, "subject": m.subject, "text": m.text, "html": m.html, "sent_at": m.sent_at} for m in mails]
        self._send("application/json", json.dumps({"items": items}))

    def _mail(self, mail_id: str, rest: list[str]) -> None:
        mail = self.server.mails.get(mail_id)
        if mail is None or rest not in ([], ["html"]):
            self._send("text/html; charset=utf-8", pages.missing_page(), status=404)
        elif rest:
            self._send("text/html; charset=utf-8", pages.mail_html(mail), policy=_MAIL_POLICY)
        else:
            self._send("text/html; charset=utf-8", pages.mail_page(mail))

    def _send(self, kind: str, text: str, *, status: int = 200, policy: str = _POLICY) -> None:
        body = text.encode()
        self.send_response_only(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-store"),
            ("Vary", "Accept"),
        ):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def main() -> None:
    """Serve until SIGTERM, then keep the mails for the next run."""
    parser = argparse.ArgumentParser(prog="python -m infra.inbox", description="Show every mail the local stack sent.")
    parser.add_argument("config", type=Path, help='JSON file {"port", "aws_url", "file", "feedback"}')
    config = json.loads(parser.parse_args().config.read_text(encoding="utf-8"))
    post = MiniStackPost(config["aws_url"])
    mails = Mails(post, Path(config["file"]))
    if told := config.get("feedback"):
        feedback.start(post, told)
    inbox = Inbox(config["port"], mails)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=inbox.shutdown).start())
    with contextlib.suppress(KeyboardInterrupt):
        inbox.serve_forever(poll_interval=0.1)
    mails.save()
    os._exit(0)  # readers with open connections hold nothing worth waiting for


if __name__ == "__main__":
    main()
