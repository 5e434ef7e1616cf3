"""Uploads: an object read in blocks from any place, and only while it is the same one."""

import io
import zipfile
from typing import Any

import pytest

from latchkey.shared.stores import uploads
from latchkey.shared.stores.uploads import Upload, UploadLost
from tests.support.system import TestSystem


@pytest.fixture
def put(system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(uploads, "_BLOCK", 1000)
    bucket, client = system.environment["UPLOADS_BUCKET"], system.clients("s3")
    return lambda content: client.put_object(Bucket=bucket, Key="k", Body=content)


def opened(system: TestSystem, etag: str | None = None) -> Upload:
    return system.wiring("read_roster").uploads().open("k", etag)


@pytest.mark.parametrize("size", [1, 999, 1000, 1001, 5432])
def test_what_is_read_is_what_was_put(system: TestSystem, put: Any, size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    put(content)
    file = opened(system)
    assert (file.size, file.read(), file.read(1)) == (size, content, b"")
    assert file.seek(-min(size, 10), io.SEEK_END) == size - min(size, 10)
    assert file.read() == content[-10:]


def test_a_zip_is_read_from_its_end(system: TestSystem, put: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        bundle.writestr("a.csv", b"x" * 5000)
    put(packed.getvalue())
    assert zipfile.ZipFile(opened(system)).read("a.csv") == b"x" * 5000  # type: ignore[type-var]


def test_another_object_under_the_key_is_noticed_at_once_and_while_reading(system: TestSystem, put: Any) -> None:
    put(b"a" * 3000)
    file = opened(system)
    file.read(10)
    put(b"b" * 3000)
    with pytest.raises(UploadLost):
        file.read()
    with pytest.raises(UploadLost):
        opened(system, file.etag)


def test_an_object_that_is_not_there_is_lost(system: TestSystem) -> None:
    with pytest.raises(UploadLost):
        opened(system)
