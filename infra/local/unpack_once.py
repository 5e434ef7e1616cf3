"""Run MiniStack with zips that are unpacked once: `python -P infra/local/unpack_once.py`, by MiniStack's own Python.

MiniStack unpacks a function's code and layers, 4,700 files, anew for each worker and follows the path of each: seven workers that
were wanted at once stood 22 seconds later. Here a zip is unpacked for the first worker, and every other one gets links to it.
"""

import hashlib
import os
import runpy
import tempfile
import threading
import zipfile
from pathlib import Path
from typing import Any


class ZipOfLinks(zipfile.ZipFile):
    """A zip that is unpacked once in this process's temporary folder; a zip in memory is like any other."""

    _one_at_a_time = threading.Lock()

    def namelist(self) -> list[str]:
        """The names of what `extractall` puts there: of links, so only those at the top."""
        names = super().namelist()
        return list({name.partition("/")[0]: None for name in names}) if self._is_a_file() else names

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Put links into the folder `path`; a selection is unpacked there as ever."""
        if members is not None or not self._is_a_file():
            return super().extractall(path, members, pwd)
        for each in self._unpacked().iterdir():
            Path(path or os.curdir, each.name).symlink_to(each)
        return None

    def _unpacked(self) -> Path:
        content = hashlib.blake2b(Path(str(self.filename)).read_bytes(), digest_size=16).hexdigest()
        kept = Path(tempfile.gettempdir(), "unpacked", content)
        with self._one_at_a_time:
            if not kept.exists():
                half = Path(tempfile.mkdtemp())
                super().extractall(half, super().namelist())
                kept.parent.mkdir(exist_ok=True)
                half.rename(kept)
        return kept

    def _is_a_file(self) -> bool:
        return isinstance(self.filename, str)


if __name__ == "__main__":
    # For this process alone, which is MiniStack's.
    zipfile.ZipFile = ZipOfLinks  # type: ignore[misc]
    runpy.run_module("ministack", run_name="__main__", alter_sys=True)
