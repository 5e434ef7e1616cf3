"""A file of SES's events, as Firehose writes it: JSON objects one after the other, with or without white space between, gzipped.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus-target-firehose.html: nothing is put between records.
So where a record cannot be read, the next one is looked for by how EventBridge begins an event.
"""

import json
import re
import zlib
from codecs import getincrementaldecoder
from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from typing import Any, Final

_GZIP: Final = b"\x1f\x8b"
_WITH_HEADER: Final = 31  # zlib's window of 32 kB, with gzip's header and sum
_STEP: Final = 256 * 1024  # bytes that are unpacked at a time, whatever they were packed into
LONGEST: Final = 1024 * 1024
"""Characters of a record: Firehose takes none of more bytes. What is longer is rubbish."""
_BEGINNING: Final = '{"version":'
_SPACE: Final = re.compile(r"[ \t\r\n]*", re.ASCII)


class BrokenFile(Exception):
    """The packed file is damaged or cut off from here on."""


def events_in(blocks: Iterable[bytes]) -> Iterator[dict[str, Any] | None]:
    """The events of a file that comes in blocks, None for each piece of rubbish; ``BrokenFile`` after those that can be read.

    No more than one record and one block are in memory.
    """
    decode = getincrementaldecoder("utf-8")("replace").decode
    rest = ""
    for block in _unpacked(blocks):
        rest += decode(block)
        rest = yield from _split(rest)
        if len(rest) > LONGEST:
            yield None
            rest = rest[-len(_BEGINNING) :]
    if rest + decode(b"", final=True):
        yield None


def _split(text: str) -> Generator[dict[str, Any] | None, None, str]:
    """The events of a text; answers what may be the beginning of one that has not come whole."""
    decoder, place = json.JSONDecoder(), 0
    while True:
        place = _SPACE.match(text, place).end()  # type: ignore[union-attr]  # nothing is space, too
        try:
            found, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            following = text.find(_BEGINNING, place + 1)
            if following < 0:
                return text[place:]
            yield None
            place = following
        else:
            yield found if isinstance(found, dict) else None
            place = end


def _unpacked(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a file, gzipped (in one piece or several) or not."""
    blocks = iter(blocks)
    head = b""
    while len(head) < len(_GZIP) and (block := next(blocks, None)) is not None:
        head += block
    if head[: len(_GZIP)] != _GZIP:
        yield head
        yield from blocks
        return
    unpacker: Any = None
    for block in chain([head], blocks):
        data = block
        while data:
            if unpacker is None:
                unpacker = zlib.decompressobj(_WITH_HEADER)
            try:
                some = unpacker.decompress(data, _STEP)
            except zlib.error as error:
                raise BrokenFile() from error
            if some:
                yield some
            data = unpacker.unconsumed_tail
            if unpacker.eof:
                data, unpacker = unpacker.unused_data, None
    if unpacker is not None:
        raise BrokenFile()
