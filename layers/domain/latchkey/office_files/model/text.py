"""Text in a stream of bytes, by whatever program it was written; read with bounded memory whatever the file holds.

UTF-8, with or without byte order marks; UTF-16 with one; else Windows-1252, which Excel's plain "CSV" and reports of SIMS are in.
Any line ends: CR LF, LF, or CR alone ("CSV (Macintosh)").
"""

import codecs
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO, Final, Literal

from latchkey.office_files.model.guard import may_be_guarded
from latchkey.office_files.model.unusable import Unusable

Encoding = Literal["utf-8", "utf-16", "cp1252"]

_BLOCK: Final = 64 * 1024
_LONGEST_LINE: Final = 1024 * 1024
_LARGEST_BATCH: Final = 8 * 1024 * 1024
_MARK: Final = "\ufeff"
_OTHERS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, b"+/v")  # UTF-32, UTF-7


def encoding_of(stream: BinaryIO, file: str) -> Encoding:
    """The encoding of a whole stream. ``Unusable`` names the line of what is in none that we read."""
    start = stream.read(_BLOCK)
    if start.startswith(_OTHERS):
        raise Unusable(f'{file} is in an encoding that we do not read. In Excel, save it as "CSV UTF-8 (comma delimited)".')
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    utf_8, cp1252, line = codecs.getincrementaldecoder("utf-8")(), True, 1
    is_utf_8, wrong_line = True, 0
    block = start
    while block:
        if b"\0" in block and 4 * block.count(b"\0") > len(block):  # UTF-16 without a mark, or no text
            raise Unusable(f"{file} is not a file of text. Export it as CSV again.")
        if is_utf_8:
            is_utf_8 = _decodes(utf_8, block)
        if cp1252 and (at := _not_cp1252(block)) is not None:
            cp1252, wrong_line = False, line + block[:at].count(b"\n")
        if not is_utf_8 and not cp1252:
            break
        line += block.count(b"\n") if cp1252 else 0
        block = stream.read(_BLOCK)
    if is_utf_8 and _decodes(utf_8, b"", final=True):
        return "utf-8"
    if cp1252:
        return "cp1252"
    raise Unusable(
        f"{file} is neither in UTF-8 nor in Windows-1252: see line {wrong_line:,}. "
        'In Excel, save it as "CSV UTF-8 (comma delimited)".'
    )


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _not_cp1252(block: bytes) -> int | None:
    """Where a byte is that Windows-1252 has no sign for."""
    found = [at for sign in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d") if (at := block.find(sign)) >= 0]
    return min(found, default=None)


class Lines:
    """The lines of a stream, for csv.reader. A line or a batch of rows that is too long for people's data is refused.

    ``may_be_guarded``: whether what was read so far has a cell that ``guard`` may have changed.
    """

    def __init__(self, stream: BinaryIO, file: str, encoding: Encoding = "utf-8") -> None:
        self._stream = stream
        self._file = file
        self._encoding = encoding
        self._left = _LARGEST_BATCH
        self.may_be_guarded = False

    def next_batch(self) -> None:
        """A batch of rows was taken: the next may be as large again."""
        self._left = _LARGEST_BATCH

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._pieces())

    def _pieces(self) -> Iterator[Iterable[str]]:
        decoder = codecs.getincrementaldecoder(self._encoding)()
        kept, first, macintosh = "", True, False
        while block := self._stream.read(_BLOCK):
            self._spend(len(block))
            text = self._decoded(decoder, block)
            if first:
                text, first = text.lstrip(_MARK), not text.strip(_MARK)
                macintosh = "\r" in text and "\n" not in text
            text = kept + (text.replace("\r", "\n") if macintosh else text)
            self.may_be_guarded = self.may_be_guarded or may_be_guarded(text)
            cut = text.rfind("\n") + 1
            kept = text[cut:]
            if len(kept) > _LONGEST_LINE:
                raise Unusable(f"{self._file} has a line of more than a million characters. Save it as CSV again.")
            yield io.StringIO(text[:cut], newline="\n")
        kept += self._decoded(decoder, b"", final=True)
        if kept:
            yield (kept,)

    def _decoded(self, decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> str:
        try:
            return decoder.decode(block, final)
        except UnicodeDecodeError as error:
            raise Unusable(f'{self._file} is damaged: it ends or goes on in another encoding. Save it as "CSV UTF-8".') from error

    def _spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise Unusable(f"{self._file} has a row that does not end. Look for a quotation mark that is never closed.")
