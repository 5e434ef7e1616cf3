"""Small PNG files for tests."""

import struct
import zlib


def png(width: int, height: int, *, alpha: bool = False) -> bytes:
    """A blue rectangle; with ``alpha`` its left half can be seen through."""
    dot, clear = (b"\x1f\x4e\x6b\xff", b"\x1f\x4e\x6b\x00") if alpha else (b"\x1f\x4e\x6b", b"\x1f\x4e\x6b")
    row = b"\0" + clear * (width // 2) + dot * (width - width // 2)
    head = struct.pack(">IIBBBBB", width, height, 8, 6 if alpha else 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(row * height)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
