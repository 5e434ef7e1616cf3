"""Bodies of requests: how long they are, and their bytes; what is too long or not clear is refused."""

import re
from collections.abc import Iterator, Mapping
from email.message import Message
from http import HTTPStatus
from io import BufferedIOBase
from typing import Final

LARGEST_BODY: Final = 10 * 1024 * 1024  # API Gateway's limit
_PIECE: Final = 64 * 1024
# RFC 9112, 7.1: hexadecimal digits alone, then perhaps extensions. Python's int() would take "+5", "0x5" and "5_0" as well, and
# two readers that disagree about a length are how a second request is smuggled in.
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")
_MOST_TRAILERS: Final = 32


class Refused(Exception):
    """The edge answers by itself: a status, a plain sentence, and headers of that answer."""

    def __init__(self, status: HTTPStatus, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = dict(headers or {})


def length_of(headers: Message) -> int | None:
    """The length of the body; None for one that comes in chunks."""
    if headers.defects:  # RFC 9112, 5.1: some servers would read "Transfer-Encoding : chunked" as the header, others not
        raise Refused(HTTPStatus.BAD_REQUEST, "The request could not be understood.")
    lengths = headers.get_all("Content-Length", [])
    encodings = headers.get_all("Transfer-Encoding", [])
    if encodings:
        if lengths or [each.strip().lower() for each in encodings] != ["chunked"]:
            raise Refused(HTTPStatus.BAD_REQUEST, "The length of the request is not clear.")
        return None
    if len(lengths) > 1 or not all(value.isascii() and value.isdigit() for value in lengths):
        raise Refused(HTTPStatus.BAD_REQUEST, "The length of the request is not clear.")
    length = int(lengths[0]) if lengths else 0
    if length > LARGEST_BODY:
        raise _too_large()
    return length


def read(source: BufferedIOBase, length: int) -> Iterator[bytes]:
    """So many bytes, piece by piece."""
    while length:
        piece = source.read(min(length, _PIECE))
        if not piece:
            raise Refused(HTTPStatus.BAD_REQUEST, "The request ended too early.")
        length -= len(piece)
        yield piece


def read_chunks(source: BufferedIOBase) -> Iterator[bytes]:
    """The bytes of a body that comes in chunks."""
    total = 0
    while size := _chunk_size(source):
        total += size
        if total > LARGEST_BODY:
            raise _too_large()
        yield from read(source, size)
        if source.readline(3) != b"\r\n":
            raise _not_understood()
    for _ in range(_MOST_TRAILERS):
        if source.readline(8192) in {b"\r\n", b""}:
            return
    raise _not_understood()


def _chunk_size(source: BufferedIOBase) -> int:
    found = _CHUNK.fullmatch(source.readline(1024))
    if found is None:
        raise _not_understood()
    return int(found[1], 16)


def _not_understood() -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, "The request could not be understood.")


def _too_large() -> Refused:
    return Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large: at most 10 MB.")
