"""Files in S3: whole or not at all, in parts of flat memory, and behind a URL that soon ends."""

import datetime
import tracemalloc
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError

from latchkey.errors import TryLater
from latchkey.shared.stores import files as module
from latchkey.shared.stores.files import Files, Upload
from tests.support.exports import files as stored
from tests.support.system import TestSystem


@pytest.fixture
def made(system: TestSystem) -> Files:
    return system.wiring("build_export").export_files()


def test_a_small_file_is_one_put(system: TestSystem, made: Files) -> None:
    with made.upload("exports/a.csv", "text/csv; charset=utf-8") as file:
        file.write(b"one,")
        file.write(b"two")
        assert stored(system) == {}
        file.finish()
    assert stored(system) == {"exports/a.csv": b"one,two"}
    s3 = system.wiring("console").client("s3")
    head = s3.head_object(Bucket=system.environment["EXPORTS_BUCKET"], Key="exports/a.csv")
    assert head["ContentType"] == "text/csv; charset=utf-8"


def test_a_large_file_goes_up_in_parts_and_appears_at_the_end(system: TestSystem, made: Files) -> None:
    piece = bytes(range(256)) * 4096  # 1 MiB
    with made.upload("exports/b.csv", "text/csv") as file:
        for _ in range(12):
            file.write(piece)
            assert file._waiting.tell() <= module.PART
        assert stored(system) == {}
        file.finish()
    assert stored(system)["exports/b.csv"] == piece * 12


def test_an_empty_file_is_a_file(system: TestSystem, made: Files) -> None:
    with made.upload("exports/c.csv", "text/csv") as file:
        file.finish()
    assert stored(system) == {"exports/c.csv": b""}


@pytest.mark.parametrize("megabytes", [1, 11])
def test_a_file_that_was_not_finished_leaves_nothing(system: TestSystem, made: Files, megabytes: int) -> None:
    def half() -> None:
        with made.upload("exports/d.csv", "text/csv") as file:
            for _ in range(megabytes):
                file.write(b"x" * 1024 * 1024)
            raise RuntimeError("the worker stops")

    with pytest.raises(RuntimeError):
        half()
    assert stored(system) == {}
    s3 = system.wiring("console").client("s3")
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=system.environment["EXPORTS_BUCKET"])


def test_the_first_error_counts_even_if_the_upload_cannot_be_called_off() -> None:
    class Broken:
        def create_multipart_upload(self, **_: Any) -> dict[str, str]:
            return {"UploadId": "1"}

        def upload_part(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "SlowDown"}}, "UploadPart")

        def abort_multipart_upload(self, **_: Any) -> None:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "AbortMultipartUpload")

    with pytest.raises(TryLater), Upload(Broken(), "bucket", "key", "text/csv") as file:
        file.write(b"x" * module.PART)


def test_each_part_and_the_whole_are_checked_by_crc32() -> None:
    """S3 refuses a completion that leaves out the checksums of the algorithm it was begun with."""
    calls: list[tuple[str, dict[str, Any]]] = []

    class Strict:
        def __getattr__(self, operation: str) -> Any:
            def call(**request: Any) -> dict[str, str]:
                calls.append((operation, request))
                return {"UploadId": "7", "ETag": f"e{len(calls)}", "ChecksumCRC32": f"c{len(calls)}"}

            return call

    with Upload(Strict(), "bucket", "key", "text/csv") as file:
        file.write(b"x" * module.PART)
        file.write(b"y")
        file.finish()
    names = [operation for operation, _ in calls]
    assert names == ["create_multipart_upload", "upload_part", "upload_part", "complete_multipart_upload"]
    assert {request["ChecksumAlgorithm"] for _, request in calls[:3]} == {"CRC32"}
    assert calls[3][1]["MultipartUpload"] == {
        "Parts": [
            {"PartNumber": 1, "ETag": "e2", "ChecksumCRC32": "c2"},
            {"PartNumber": 2, "ETag": "e3", "ChecksumCRC32": "c3"},
        ]
    }


def test_a_url_ends_soon_and_names_the_file(system: TestSystem) -> None:
    url = system.wiring("console").export_files().url("exports/a.csv", 300, name="northbridge.csv", media_type="text/csv")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["X-Amz-Expires"] == "300"
    assert asked["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert asked["response-content-disposition"] == 'attachment; filename="northbridge.csv"'
    assert asked["response-content-type"] == "text/csv"


class Client:
    """Signs with credentials of its own."""

    def __init__(self, credentials: Any) -> None:
        self._request_signer = type("Signer", (), {"_credentials": credentials})()

    def generate_presigned_url(self, *_: Any, **__: Any) -> str:
        return "https://signed.example"


def temporary(seconds: int, renewed: int | None) -> RefreshableCredentials:
    """Credentials that end in some seconds, and what renewing them gives."""

    def until(left: int) -> dict[str, str]:
        moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=left)
        return {"access_key": "a", "secret_key": "s", "token": "t", "expiry_time": moment.isoformat()}

    def renew() -> dict[str, str]:
        if renewed is None:
            raise RuntimeError("no new credentials")
        return until(renewed)

    return RefreshableCredentials.create_from_metadata(until(seconds), renew, "test")


@pytest.mark.parametrize(("seconds", "renewed"), [(3600, None), (100, 3600), (750, 3600)])
def test_credentials_that_end_sooner_than_the_url_are_renewed_first(seconds: int, renewed: int | None) -> None:
    """botocore signs with what it has (botocore #2604): a URL of 300 seconds could end after 100."""
    files = Files(Client(temporary(seconds, renewed)), "bucket")
    assert files.url("key", 300, name="a.csv", media_type="text/csv") == "https://signed.example"


def test_no_url_is_given_that_would_end_early() -> None:
    with pytest.raises(TryLater):
        Files(Client(temporary(100, 200)), "bucket").url("key", 300, name="a.csv", media_type="text/csv")


class Sink:
    """Reads what it is given as botocore does, a little at a time, and keeps nothing but its length."""

    def __init__(self) -> None:
        self.stored = 0

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        return {"UploadId": "1"}

    def upload_part(self, *, Body: Any, **_: Any) -> dict[str, str]:  # noqa: N803 - S3's names
        self.stored += sum(map(len, iter(lambda: Body.read(65_536), b"")))
        return {"ETag": "e"}

    put_object = upload_part

    def complete_multipart_upload(self, **_: Any) -> None:
        return None


@pytest.mark.parametrize("pieces", [2, 600])
def test_a_file_waits_on_the_disk_however_long_it_is(pieces: int) -> None:
    sink, piece = Sink(), b"x" * 20_000
    tracemalloc.start()
    try:
        with Upload(sink, "bucket", "key", "text/csv") as file:
            for _ in range(pieces):
                file.write(piece)
            file.finish()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sink.stored == pieces * len(piece)
    assert peak <= 1024 * 1024
