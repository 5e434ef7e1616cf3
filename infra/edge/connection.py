"""One client's connection to the edge, and with it one to the API."""

import contextlib
import gzip
import json
import select
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler
from typing import Any, Final, TextIO

from infra.edge import body
from infra.edge.body import Refused
from infra.edge.cache import LARGEST, Answer, Cache, Key, seconds
from infra.edge.copies import Copies
from infra.edge.distribution import SECRET_HEADER, Distribution
from web.languages import COOKIE, QUERY, summary
from web.languages import HEADER as LANGUAGE_HEADER

VIEWER_HEADER: Final = "x-latchkey-viewer"
_PIECE: Final = 64 * 1024
_TEXTS: Final = ("text/", "application/json", "application/problem+json", "application/manifest+json", "image/svg+xml")
_UPSTREAM_PATIENCE = 35.0  # API Gateway gives a function 29 s
_READS: Final = frozenset({"GET", "HEAD"})
_HOP_BY_HOP: Final = {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"} | {
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
# Only a CDN may say these; what a client says about itself is dropped.
_OURS: Final = ("cloudfront-", "x-forwarded-", "x-amz-cf-", SECRET_HEADER)
_OURS_EXACT: Final = frozenset({"forwarded", "via", "x-real-ip", "host", "content-length", "expect"})


@dataclass(frozen=True)
class Site:
    """What all connections share."""

    upstream_port: int
    api_path: str
    secret: str
    distribution: Distribution
    cache: Cache
    copies: Copies | None
    log: TextIO


class Connection(BaseHTTPRequestHandler):
    """Any number of requests, one after the other."""

    protocol_version = "HTTP/1.1"
    timeout = 75
    server: Any  # an Edge

    def setup(self) -> None:
        """Answers are small and wanted at once, so no waiting for more to send."""
        super().setup()
        self.site: Site = self.server.site
        self.behavior = self.site.distribution.behaviors[-1]
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.upstream = HTTPConnection("127.0.0.1", self.site.upstream_port, timeout=_UPSTREAM_PATIENCE)

    def finish(self) -> None:
        """The client has gone."""
        self.upstream.close()
        with contextlib.suppress(OSError):
            super().finish()

    def forward(self) -> None:
        """One request: from the cache, or on to the API, its answer back."""
        started = time.monotonic()
        status, found = 0, "-"
        try:
            length = body.length_of(self.headers)
            self._route()
            key = self._key() if self.command in _READS else None
            kept = self._kept(key)
            found = "hit" if kept else "miss"
            if kept is not None and length != 0:
                self.close_connection = True  # nobody reads the body
            answer = kept or self._from_origin(length, key)
            status = answer.status
            self._send(answer, found)
        except Refused as refused:
            status = refused.status
            self._refuse(refused)
        finally:
            took = (time.monotonic() - started) * 1000
            # The pattern, never the path: ids and names stand in it, and a token if a mail program has escaped a link's "#".
            line = f"{self.command} {self.behavior.pattern} {int(status)} {took:.0f} ms {found}"
            print(line, file=self.site.log, flush=True)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = forward  # noqa: N815 - http.server looks for these names

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the request line or headers already make impossible."""
        self._refuse(Refused(HTTPStatus(code), "The request could not be understood."))

    def log_message(self, *_: object) -> None:
        """Nothing: `forward` writes its own line, without paths and query strings."""

    def _route(self) -> None:
        if not self.path.startswith("/"):
            raise Refused(HTTPStatus.BAD_REQUEST, "The request could not be understood.")
        self.target, _, query = self.path.partition("?")
        self.behavior = self.site.distribution.behavior(self.target)
        if self.command not in self.behavior.methods:
            raise Refused(HTTPStatus.FORBIDDEN, "This address can only be looked at.")
        self.pairs = [pair.partition("=") for pair in query.split("&")]
        self.keyed = [pair for pair in query.split("&") if pair.partition("=")[0] in self.behavior.cache.query]
        forwarded = query if self.behavior.forwards_all else "&".join(self.keyed)
        self.asked = f"{self.target}?{forwarded}" if forwarded else self.target

    def _key(self) -> Key:
        written = self._written()
        said = tuple((name, written.get(name, self.headers.get(name))) for name in sorted(self.behavior.cache.headers))
        return (self.command, self.target, tuple(self.keyed), said)

    def _written(self) -> dict[str, str]:
        """What the distribution's function writes into a request, over what a visitor may have said there."""
        if not self.behavior.says_viewer:
            return {}
        asked = next((value for name, _, value in self.pairs if name == QUERY), None)
        cookies = dict(pair.strip().partition("=")[::2] for pair in self.headers.get("Cookie", "").split(";"))
        language = summary(asked, cookies.get(COOKIE), self.headers.get("Accept-Language", ""))
        return {VIEWER_HEADER: self.client_address[0].partition("%")[0], LANGUAGE_HEADER: language}

    def _kept(self, key: Key | None) -> Answer | None:
        """What is kept; HEAD is answered by what is kept for GET, too."""
        if key is None:
            return None
        return self.site.cache.get(key) or self.site.cache.get(("GET", *key[1:]))

    def _from_origin(self, length: int | None, key: Key | None) -> HTTPResponse | Answer:
        """The API's answer, or the copy where the API fails; kept for as long as CloudFront would."""
        try:
            found: HTTPResponse | Answer = self._ask(length)
        except Refused as refused:
            if key is None or refused.status < 500:
                raise
            found = self._own_answer(refused)
        if key is None:
            return found
        if found.status in self.behavior.fails_over and self.site.copies is not None:
            found = _whole(found)
            found = self.site.copies.get(self.target)
        headers = _headers(found)
        keep = seconds(found.status, headers, self.behavior.cache, self.site.distribution.errors)
        if keep > 0 and _length(headers) <= LARGEST:
            found = _whole(found)
            self.site.cache.put(key, found, keep)
        return found

    def _ask(self, length: int | None) -> HTTPResponse:
        self._drop_stale_upstream()
        try:
            upstream = self.upstream
            upstream.putrequest(self.command, self.site.api_path + self.asked, skip_host=True, skip_accept_encoding=True)
            for name, value in self._forwarded_headers():
                upstream.putheader(name, value)
            if length is None:
                upstream.putheader("Transfer-Encoding", "chunked")
            elif length or self.command in {"POST", "PUT", "PATCH"}:
                upstream.putheader("Content-Length", str(length))
            upstream.endheaders()
            for piece in body.read_chunks(self.rfile) if length is None else body.read(self.rfile, length):
                upstream.send(b"%x\r\n%b\r\n" % (len(piece), piece) if length is None else piece)
            if length is None:
                upstream.send(b"0\r\n\r\n")
            return upstream.getresponse()
        except TimeoutError as error:
            self.upstream.close()
            raise Refused(HTTPStatus.GATEWAY_TIMEOUT, "Latchkey took too long to answer. Try again.") from error
        except (OSError, HTTPException) as error:
            self.upstream.close()
            raise Refused(HTTPStatus.BAD_GATEWAY, "Latchkey does not answer at the moment. Try again in a minute.") from error

    def _drop_stale_upstream(self) -> None:
        """An idle connection that the API closed is readable (its end can be read): open a new one."""
        idle = self.upstream.sock
        if idle is not None and select.select([idle], [], [], 0)[0]:
            self.upstream.close()

    def _forwarded_headers(self) -> Iterator[tuple[str, str]]:
        written = self._written()
        named_hops = {token.strip().lower() for value in self.headers.get_all("Connection", []) for token in value.split(",")}
        for name, value in self.headers.items():
            lower = name.lower()
            ours = lower in _HOP_BY_HOP | named_hops | _OURS_EXACT or lower.startswith(_OURS)
            if not ours and lower not in written and (self.behavior.forwards_all or lower in self.behavior.cache.headers):
                yield name, value
        if not self.behavior.forwards_all:
            yield "User-Agent", "Amazon CloudFront"
        yield "Host", f"127.0.0.1:{self.site.upstream_port}"
        # MiniStack takes this for the address that called API Gateway, which is CloudFront's, never the visitor's.
        yield "X-Forwarded-For", "127.0.0.1"
        for name, value in written.items():
            if self.behavior.forwards_all or name in self.behavior.cache.headers:
                yield name, value
        yield from self.behavior.asks_with
        yield SECRET_HEADER, self.site.secret

    def _send(self, answer: HTTPResponse | Answer, found: str) -> None:
        answer = self._compressed(answer)
        headers = _headers(answer)
        self.send_response_only(answer.status)
        for name, value in [*self._dressed(headers), ("X-Cache", f"{found.title()} from the edge")]:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        bare = self.command == "HEAD" or answer.status in {204, 304} or answer.status < 200
        if not bare and not self.close_connection and not any(name.lower() == "content-length" for name, _ in headers):
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        pieces = iter([answer.body]) if isinstance(answer, Answer) else iter(lambda: answer.read(_PIECE), b"")
        for piece in pieces:
            if not bare:
                self.wfile.write(piece)

    def _compressed(self, answer: HTTPResponse | Answer) -> HTTPResponse | Answer:
        """The answer as API Gateway and CloudFront compress it, for a browser that takes gzip."""
        headers, least = _headers(answer), self.site.distribution.compress_from
        said = {name.lower(): value for name, value in headers}
        fits = least is not None and least <= _length(headers) <= LARGEST and said.get("content-type", "").startswith(_TEXTS)
        if not fits or "content-encoding" in said or self.command == "HEAD":
            return answer
        if "gzip" not in {each.partition(";")[0].strip() for each in self.headers.get("Accept-Encoding", "").lower().split(",")}:
            return answer
        packed = gzip.compress(_whole(answer).body, compresslevel=6, mtime=0)
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        more = [("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]
        return Answer(answer.status, kept + more, packed)

    def _dressed(self, headers: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """The headers of an answer, with those of the response headers policy."""
        said = {name.lower() for name, _ in headers}
        written = {header.name.lower() for header in self.behavior.headers if header.override}
        yield from ((name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP | written)
        for header in self.behavior.headers:
            if header.override or header.name.lower() not in said:
                yield header.name, header.value

    def _own_answer(self, refused: Refused) -> Answer:
        """The edge's own answer, as a problem (RFC 9457) or as a page."""
        headers = getattr(self, "headers", None)
        accepts = (headers.get("Accept", "") if headers else "").lower()
        title = refused.status.phrase
        if "text/html" in accepts:
            kind = "text/html; charset=utf-8"
            said = (
                f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
                f'<meta name="viewport" content="width=device-width"><h1>{title}</h1><p>{refused.sentence}</p></html>\n'
            ).encode()
        else:
            kind = "application/problem+json"
            said = json.dumps({"title": title, "status": int(refused.status), "detail": refused.sentence}).encode()
        return Answer(
            int(refused.status),
            [("Content-Type", kind), ("Content-Length", str(len(said))), ("Cache-Control", "no-store")],
            said,
        )

    def _refuse(self, refused: Refused) -> None:
        """Answer by itself; what is left of the request is not read."""
        self.upstream.close()
        self.close_connection = True
        self._send(self._own_answer(refused), "error")


def _headers(answer: HTTPResponse | Answer) -> Sequence[tuple[str, str]]:
    return answer.headers if isinstance(answer, Answer) else answer.getheaders()


def _length(headers: Sequence[tuple[str, str]]) -> int:
    return next((int(value) for name, value in headers if name.lower() == "content-length"), LARGEST + 1)


def _whole(answer: HTTPResponse | Answer) -> Answer:
    return answer if isinstance(answer, Answer) else Answer(answer.status, answer.getheaders(), answer.read())
