"""What workers of the local stack are unpacked from: once for all, by links."""

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.unpack_once import ZipOfLinks

FILES = {"python/domain/rules.py": "one = 1", "python/words.txt": "two", "handler.py": "three"}


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def zipped(place: Path | io.BytesIO, files: dict[str, str]) -> None:
    with zipfile.ZipFile(place, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)


def unpacked(place: Path, folder: Path) -> dict[str, str]:
    folder.mkdir()
    with ZipOfLinks(str(place)) as file:
        assert set(file.namelist()) == {name.partition("/")[0] for name in FILES}
        file.extractall(folder)
    return {name: (folder / name).read_text() for name in FILES}


def test_each_worker_has_all_files_and_they_lie_there_once(tmp_path: Path, temporary: Path) -> None:
    for number in (1, 2):
        zipped(tmp_path / f"{number}.zip", FILES)
        assert unpacked(tmp_path / f"{number}.zip", tmp_path / f"worker-{number}") == FILES
    first, second = (tmp_path / f"worker-{number}" / "handler.py" for number in (1, 2))
    assert first.samefile(second)
    assert [each.name for each in temporary.iterdir()] == ["unpacked"], "nothing half done is left"


def test_other_content_is_unpacked_for_itself(tmp_path: Path) -> None:
    zipped(tmp_path / "old.zip", FILES)
    unpacked(tmp_path / "old.zip", tmp_path / "old")
    newer = {**FILES, "handler.py": "four"}
    zipped(tmp_path / "new.zip", newer)
    assert unpacked(tmp_path / "new.zip", tmp_path / "new") == newer
    assert (tmp_path / "old" / "handler.py").read_text() == "three"


def test_a_zip_in_memory_and_a_selection_are_unpacked_as_ever(tmp_path: Path, temporary: Path) -> None:
    content = io.BytesIO()
    zipped(content, FILES)
    with ZipOfLinks(content) as file:
        assert file.namelist() == list(FILES)
        file.extractall(tmp_path / "memory")
    zipped(tmp_path / "some.zip", FILES)
    with ZipOfLinks(str(tmp_path / "some.zip")) as file:
        file.extractall(tmp_path / "some", ["handler.py"])
    for name in ("memory", "some"):
        assert (tmp_path / name / "handler.py").read_text() == "three"
        assert not (tmp_path / name / "handler.py").is_symlink()
    assert list(temporary.iterdir()) == []
