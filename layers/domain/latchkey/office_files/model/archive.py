"""A zip of tables: checked before anything is unpacked (ASVS 5.2.3), and counted while it is (CPython CVE-2019-9674).

A zip of one folder is read as if its files were at the top, and what a Mac adds (``__MACOSX``, ``.DS_Store``) is passed over.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

from latchkey.office_files.model.unusable import Unusable, excerpt

MAGIC: Final = b"PK\x03\x04"
MOST_MEMBERS: Final = 40
LARGEST_UNPACKED: Final = 1024 * 1024 * 1024
_MOST_PARTS: Final = 2_000  # of a workbook: sheets, pictures, comments
_LARGEST_ENTRY: Final = 1_640  # bytes that an entry of the directory may take
_HIGHEST_RATIO: Final = 200
_SMALL: Final = 10 * 1024 * 1024
_END: Final = b"PK\x05\x06"
_END_64: Final = b"PK\x06\x07"
_END_SIZE: Final = 22
_EXTRAS: Final = {".ds_store", "thumbs.db", "desktop.ini"}
# What zipfile raises for damaged zips, depending on where the damage is.
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, ValueError, struct.error)


class Zip:
    """The members of a zip, by their names in lower case, without the one folder that may hold them all."""

    def __init__(self, file: BinaryIO) -> None:
        self._zip = _opened(file, MOST_MEMBERS)
        self._members: dict[str, zipfile.ZipInfo] = {}
        members = [member for member in self._zip.infolist() if not _is_extra(member)]
        folder = _common_folder([member.filename for member in members])
        for member in members:
            _check_member(member, folder)
            name = member.filename.removeprefix(folder).casefold()
            if name in self._members:
                raise Unusable(f"The zip holds two files named {excerpt(name)}.")
            self._members[name] = member
        if sum(member.file_size for member in self._members.values()) > LARGEST_UNPACKED:
            raise Unusable("The zip unpacks to more than 1 GB, which no roster needs.")

    @property
    def names(self) -> list[str]:
        """The names of the members."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def open(self, name: str) -> BinaryIO:
        """A member as a stream that ends in a refusal where the zip lies about it."""
        return _stream(self._zip, self._members[name], name)


class Package:
    """The parts of a file of an office program, which is a zip: only those that are read are looked at.

    ``most``: bytes that all parts which are opened may have together, unpacked.
    """

    def __init__(self, file: BinaryIO, most: int = LARGEST_UNPACKED) -> None:
        self._zip = _opened(file, _MOST_PARTS)
        self._parts = {part.filename.casefold().lstrip("/"): part for part in self._zip.infolist()}
        self._opened: dict[str, int] = {}
        self._most = most

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._parts

    def open(self, name: str) -> BinaryIO:
        """A part as a stream; it may be opened again."""
        part = self._parts.get(name.casefold())
        if part is None:
            raise Unusable(f"The file is damaged: it lacks {excerpt(name)}. Save it again.")
        _check_packing(part, "file")
        self._opened[name.casefold()] = part.file_size
        if sum(self._opened.values()) > self._most:
            raise Unusable(f"The file unpacks to more than {self._most >> 20:,} MB. Upload a part of it.")
        return _stream(self._zip, part, excerpt(name))


def is_package(file: BinaryIO) -> bool:
    """Whether a zip is a file of an office program."""
    names = _opened(file, _MOST_PARTS).namelist()
    return "[Content_Types].xml" in names or "mimetype" in names or "Index/Document.iwa" in names


def _opened(file: BinaryIO, most: int) -> zipfile.ZipFile:
    _check_directory(file, most)
    try:
        return zipfile.ZipFile(file)
    except _BROKEN as error:
        raise Unusable("The file is not a zip that we can read. Make it again.") from error


def _stream(bundle: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> BinaryIO:
    try:
        return io.BufferedReader(_Member(bundle.open(member), member.file_size), 64 * 1024)
    except _BROKEN as error:
        raise Unusable(f"{name} in the zip is damaged.") from error


class _Member(io.RawIOBase):
    """One member being unpacked: never more bytes than its entry says."""

    def __init__(self, stream: Any, size: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(len(buffer))
        except _BROKEN as error:
            raise Unusable("The zip is damaged. Make it again.") from error
        self._left -= len(data)
        if self._left < 0:
            raise Unusable("The zip holds more than it says.")
        buffer[: len(data)] = data
        return len(data)


def _check_directory(file: BinaryIO, most: int) -> None:
    """Look at the end record before zipfile reads the whole directory into memory."""
    size = file.seek(0, io.SEEK_END)
    start = max(0, size - _END_SIZE - 0xFFFF)
    file.seek(start)
    tail = file.read(size - start)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        raise Unusable("The file is not a zip that we can read. Make it again.")
    if tail[max(0, place - 20) : place].startswith(_END_64):
        raise Unusable("The zip is of the large kind (zip64), which no roster needs.")
    _, _, _, _, members, directory, _, _ = struct.unpack("<4s4H2LH", tail[place : place + _END_SIZE])
    if members > most or directory > most * _LARGEST_ENTRY:
        raise Unusable(f"The zip holds more than {most:,} files.")
    file.seek(0)


def _is_extra(member: zipfile.ZipInfo) -> bool:
    """Whether it is a folder's own entry, or something that only the computer that made the zip needs."""
    *folders, name = member.filename.rstrip("/").split("/")
    return member.is_dir() or "__MACOSX" in folders or name.startswith("._") or name.casefold() in _EXTRAS


def _common_folder(names: Sequence[str]) -> str:
    """The one folder in which all files lie, with its slash; "" where they lie at the top, or in several."""
    folders = {name.rpartition("/")[0] for name in names}
    (folder,) = folders if len(folders) == 1 else ("",)
    return f"{folder}/" if folder else ""


def _check_member(member: zipfile.ZipInfo, folder: str) -> None:
    inside = member.filename.removeprefix(folder)
    if any(sign in inside for sign in ("/", "\\", "\0")) or ".." in member.filename or folder.startswith("/"):
        raise Unusable(
            f"The zip holds several folders ({excerpt(member.filename)}). Zip the CSV files themselves, or one folder of them."
        )
    _check_packing(member, "zip")


def _check_packing(member: zipfile.ZipInfo, kind: str) -> None:
    name = excerpt(member.filename)
    if member.flag_bits & 0x1:
        raise Unusable(f"The {kind} is protected with a password. Make one without.")
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Unusable(f"{name} is packed in a way that we do not read. Make an ordinary zip.")
    if member.file_size > _SMALL and member.file_size > _HIGHEST_RATIO * max(1, member.compress_size):
        raise Unusable(f"{name} unpacks to more than {_HIGHEST_RATIO} times its size, which no roster does.")
