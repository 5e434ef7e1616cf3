"""A whole system in memory, for tests of what outlives a release: raw items of tables, raw messages of queues, fixed keys."""

import hmac
import io
from dataclasses import dataclass, field
from typing import IO, Any

from botocore.exceptions import ClientError

from latchkey.settings import NEEDS, FunctionName, Settings
from latchkey.wiring import Wiring
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.ses import StrictSes

NOW = 1_800_000_000  # 15 January 2027
SPECIAL = {"ORIGIN": "https://latchkey.test", "MAIL_FROM": "no-reply@latchkey.test", "CONFIGURATION_SET": "latchkey"}


@dataclass
class MemorySqs:
    """Queues that keep each request as it came."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    def send_message(self, **request: Any) -> dict[str, Any]:
        """SendMessage."""
        self.sent.append(request)
        return {}

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """SendMessageBatch."""
        self.sent += [{"QueueUrl": QueueUrl, **{key: each[key] for key in each if key != "Id"}} for each in Entries]
        return {}


class MemoryKms:
    """HMACs under a key that is the key's name: whoever knows the label can compute them with any tool."""

    def generate_mac(self, *, KeyId: str, MacAlgorithm: str, Message: bytes) -> dict[str, Any]:  # noqa: N803
        """GenerateMac."""
        assert MacAlgorithm == "HMAC_SHA_256"
        return {"Mac": hmac.digest(KeyId.encode(), Message, "sha256")}


@dataclass
class MemoryS3:
    """Buckets that keep small objects."""

    objects: dict[str, bytes] = field(default_factory=dict)

    def put_object(self, *, Bucket: str, Key: str, Body: bytes | IO[bytes], ContentType: str) -> dict[str, Any]:  # noqa: N803
        """PutObject."""
        assert ContentType
        self.objects[f"{Bucket}/{Key}"] = Body if isinstance(Body, bytes) else Body.read()
        return {}

    def get_object(self, *, Bucket: str, Key: str, Range: str = "bytes=0-") -> dict[str, Any]:  # noqa: N803
        """GetObject, of objects that are shorter than what is asked for."""
        assert Range.startswith("bytes=0-")
        if f"{Bucket}/{Key}" not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "no"}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[f"{Bucket}/{Key}"]), "ETag": '"1"'}

    def delete_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """DeleteObject."""
        self.objects.pop(f"{Bucket}/{Key}", None)
        return {}

    def generate_presigned_post(self, bucket: str, key: str, **options: Any) -> dict[str, Any]:
        """The form of an upload; nothing is signed."""
        return {"url": f"https://{bucket}.test", "fields": {"key": key, **options["Fields"]}}


@dataclass
class MemoryWorld:
    """Wirings of all functions over one memory. Every setting is its own value in lower case."""

    dynamo: MemoryDynamo = field(default_factory=MemoryDynamo)
    sqs: MemorySqs = field(default_factory=MemorySqs)
    s3: MemoryS3 = field(default_factory=MemoryS3)
    ses: StrictSes = field(default_factory=StrictSes)
    now: float = NOW

    def wiring(self, function: FunctionName) -> Wiring:
        """The wiring of a function."""
        clients = {"dynamodb": self.dynamo, "sqs": self.sqs, "kms": MemoryKms(), "s3": self.s3, "sesv2": self.ses}
        environment = {name: name.lower() for name in NEEDS[function]} | SPECIAL
        return Wiring(Settings(function, environment), lambda service: clients[service], lambda: self.now, self._sleep)

    def item(self, table: str, pk: str, sk: str) -> dict[str, Any] | None:
        """An item as it stands in a table, in plain values; ``table`` is ``directory``, ``activity`` and so on."""
        wire = self.dynamo.tables.get(f"{table}_table", {}).get((pk, sk))
        return None if wire is None else {name: plain(value) for name, value in wire.items()}

    def only_item(self, table: str, pk: str) -> dict[str, Any]:
        """The one item of a partition."""
        (sk,) = [sk for found, sk in self.dynamo.tables[f"{table}_table"] if found == pk]
        return self.item(table, pk, sk) or {}

    def put(self, table: str, item: dict[str, Any]) -> None:
        """Put an item that is given in plain values."""
        wire = {name: wired(value) for name, value in item.items()}
        self.dynamo.tables.setdefault(f"{table}_table", {})[item["pk"], item["sk"]] = wire

    def _sleep(self, seconds: float) -> None:
        self.now += seconds


def plain(wire: dict[str, Any]) -> Any:
    """The value of DynamoDB's wire format; the product's own reading of it is not asked."""
    ((kind, value),) = wire.items()
    if kind == "L":
        return [plain(part) for part in value]
    if kind == "M":
        return {name: plain(part) for name, part in value.items()}
    if kind == "NULL":
        return None
    return int(value) if kind == "N" else value


def wired(value: Any) -> dict[str, Any]:
    """A value in DynamoDB's wire format; the product's own writing of it is not asked."""
    if isinstance(value, list):
        return {"L": [wired(part) for part in value]}
    if isinstance(value, dict):
        return {"M": {name: wired(part) for name, part in value.items()}}
    if isinstance(value, bool) or value is None:
        return {"NULL": True} if value is None else {"BOOL": value}
    kinds = {str: "S", bytes: "B", int: "N"}
    return {kinds[type(value)]: str(value) if isinstance(value, int) else value}
