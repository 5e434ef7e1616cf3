"""A whole system in the process: the template's tables, queues, keys and buckets, and a clock that tests move.

Tables, queues and keys are in memory; tests/stores holds these to the contracts that hold on moto. Moto's are there where they
are the point: in the stores' own suites, and for a test marked ``moto``, which looks at calls or changes them. All other services
are moto's, which is started when a test first asks for one.
"""

import marshal
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT_ID
from moto.dynamodb.responses import DynamoHandler
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.sqs.models import sqs_backends

from latchkey.schools.model.school import School
from latchkey.settings import NEEDS, FunctionName, Settings
from latchkey.shared.stores.aws import ClientFactory, client_factory
from latchkey.wiring import Wiring
from tests.support import sam
from tests.support.client_secrets import MemorySecrets
from tests.support.doorways import Doorways
from tests.support.iam.judge import Judge, Memory, Watched, by_the_test_itself
from tests.support.iam.roles import roles
from tests.support.memory_dynamo import MemoryDynamo
from tests.support.memory_queues import MemoryQueues
from tests.support.memory_world import MemoryKms
from tests.support.register import unexplained

START = 1_795_000_000  # 18 November 2026
REGION = "eu-west-2"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:Alarms"
"""The topic of alarms."""


@dataclass
class Clock:
    """Epoch seconds that tests move."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass
class TestSystem:
    """Wirings of all functions over one set of fake AWS services; ``judge`` holds every call against its function's role."""

    __test__ = False
    environment: dict[str, str]
    clients: ClientFactory
    judge: Judge
    clock: Clock = field(default_factory=Clock)
    wirings: dict[str, Wiring] = field(default_factory=dict)
    memory: MemoryDynamo | None = None
    queues: MemoryQueues | None = None
    doorways: Doorways = field(default_factory=Doorways)

    def wiring(self, function: FunctionName) -> Wiring:
        """The wiring of a function, with no more settings than it has when deployed."""
        if function not in self.wirings:
            self.wirings[function] = Wiring(
                Settings(function, self.environment), self.watched(function, self.clients), self.clock
            )
        return self.wirings[function]

    def watched(self, function: FunctionName, clients: ClientFactory) -> ClientFactory:
        """Clients of a function whose calls the judge sees."""
        return lambda service: Watched(clients(service), service, function, self.judge)

    def messages(self, queue: str) -> list[str]:
        """Take all messages from a queue, named by its setting (``PLAN_QUEUE``)."""
        sqs = self.clients("sqs")
        taken: list[str] = []
        while found := sqs.receive_message(QueueUrl=self.environment[queue], MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                taken.append(message["Body"])
                sqs.delete_message(QueueUrl=self.environment[queue], ReceiptHandle=message["ReceiptHandle"])
        return taken

    def state(self) -> bytes:
        """What stands in the tables and queues in memory, to be put into other systems."""
        assert self.memory is not None
        assert self.queues is not None
        return marshal.dumps((self.memory.tables, self.queues.waiting))

    def put(self, state: bytes) -> None:
        """Put what another system had into this one."""
        assert self.memory is not None
        assert self.queues is not None
        self.memory.tables, self.queues.waiting = marshal.loads(state)

    def school(self, slug: str = "northbridge", **facts: Any) -> School:
        """Make a school."""
        made = School(slug=slug, **{"name": slug.title() + " Academy", "town": "Northbridge", "postcode": "NB1 2CD", **facts})
        assert self.wiring("operate").schools.make(made)
        return made


@contextmanager
def _atomic_dynamodb() -> Iterator[None]:
    """DynamoDB's writes are atomic; moto reads and then writes, so threads of a test take turns."""
    original, lock = DynamoHandler.call_action, threading.Lock()

    def in_turn(self: DynamoHandler) -> Any:
        with lock:
            return original(self)

    DynamoHandler.call_action = in_turn
    try:
        yield
    finally:
        DynamoHandler.call_action = original


def _no_private_key(_spec: str) -> None:
    """Instead of moto's: it makes an RSA key for each key of ours, which a MAC has no use for, and takes a second for three."""


@contextmanager
def _moto(*, web: bool) -> Iterator[None]:
    """Moto, for botocore alone unless ``web``: for ``requests`` it makes 1,300 patterns each time it starts."""
    with (
        nullcontext() if web else patch("moto.core.models.RESPONSES_METHODS", ()),
        patch("moto.kms.models.generate_private_key", _no_private_key),
        mock_aws(),
        patch("boto3.DEFAULT_SESSION", _session()),
        _atomic_dynamodb(),
    ):
        yield


class InTurn:
    """A DynamoDB whose operations are atomic; between two of them, another thread goes on."""

    def __init__(self, dynamo: MemoryDynamo) -> None:
        self._dynamo = dynamo
        self._lock = threading.Lock()
        self._others = threading.active_count()

    def __getattr__(self, name: str) -> Any:
        operation = getattr(self._dynamo, name)

        def in_turn(**request: Any) -> Any:
            if threading.active_count() > self._others:  # alone, it would only wait for other processes
                time.sleep(0)
            with self._lock:
                return operation(**request)

        return in_turn


@contextmanager
def running_system(*, moto: bool = False, real: bool = True, web: bool = False) -> Iterator[TestSystem]:
    """Everything that functions need, made from the template's own tables.

    ``real``: the items are the product's, and have to stand in the data register. ``web``: moto answers ``requests``, too.
    """
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
    before = {name: os.environ.get(name) for name in credentials}
    os.environ.update(credentials)
    try:
        with ExitStack() as services:
            tables, doorways = MemoryDynamo(), Doorways()
            special: dict[str, Any] = {"secretsmanager": MemorySecrets(), "lambda": doorways}
            queues = None
            if moto or web:
                services.enter_context(_moto(web=web))
                environment = {**_settings_of_all(), **_keys()}
                names = _names(environment)
            else:
                queues = MemoryQueues((name.lower() for name in _settings("_QUEUE")), _SQS)
                special |= {"sqs": queues, "kms": MemoryKms()}
                environment = {**_settings_of_all(), **{name: name.lower() for name in _KEYS}}
                names = _names_in_memory()
            if moto:
                _make_tables()
            else:
                special["dynamodb"] = InTurn(tables)
            unmade, making = dict(_MAKERS), Lock()
            started = moto or web

            def clients(service: str) -> Any:
                nonlocal started
                if service in special:
                    return special[service]
                with making:  # most tests need one or two of them, and making all took half of the suite's time
                    if not started:
                        services.enter_context(_moto(web=False))
                        started = True
                    if service in unmade:
                        unmade[service]()
                        del unmade[service]
                return _clients()(service)

            judge = Judge(names, roles(MailFrom=environment["MAIL_FROM"]), by_the_test_itself, None if moto or web else _DECIDED)
            yield TestSystem(environment, clients, judge, memory=tables, queues=queues, doorways=doorways)
        assert not judge.denied, "AWS would deny this:\n" + "\n".join(judge.denied.values())
        kept = ((name.removesuffix("Table").lower(), items.values()) for name, items in tables.tables.items() if real)
        unknown = {each for name, items in kept for each in unexplained(name, items)}
        assert not unknown, "not in the data register (stores/register.py of its package):\n" + "\n".join(sorted(unknown))
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def on_moto(request: pytest.FixtureRequest) -> bool:
    """Whether a test wants moto's tables."""
    return request.node.get_closest_marker("moto") is not None


@cache
def _session() -> boto3.Session:
    """The session of all tests of a process, so no client that outlives a test is made by what that puts in its place."""
    return boto3.Session()


@cache
def _clients() -> ClientFactory:
    """Clients for all tests of a process: making one costs more than most tests."""
    return cache(client_factory())


def _make_tables() -> None:
    for logical, table in sam.resources("AWS::DynamoDB::Table").items():
        wanted = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
        schema = {name: table[name] for name in wanted if name in table}
        _clients()("dynamodb").create_table(TableName=logical, BillingMode="PAY_PER_REQUEST", **schema)


@cache
def _settings(kind: str) -> list[str]:
    return sorted(name for name in {name for names in NEEDS.values() for name in names} if name.endswith(kind))


# Keys, queues and buckets are made where moto keeps them: its answers to as many calls took a third of a test's time.
def _keys() -> dict[str, str]:
    kms = kms_backends[ACCOUNT_ID][REGION]
    return {name: str(kms.create_key(None, "GENERATE_VERIFY_MAC", "HMAC_256", "", None).id) for name in _KEYS}


def _make_queues() -> None:
    for name in _settings("_QUEUE"):
        sqs_backends[ACCOUNT_ID][REGION].create_queue(name.lower())


def _make_buckets() -> None:
    for name in _settings("_BUCKET"):
        s3_backends[ACCOUNT_ID]["aws"].create_bucket(_bucket(name), REGION)


def _queue(setting: str) -> str:
    return f"{_SQS}/{ACCOUNT_ID}/{setting.lower()}"


def _bucket(setting: str) -> str:
    return setting.lower().replace("_", "-")


_SQS = f"https://sqs.{REGION}.amazonaws.com"
_DECIDED: Memory = {}
"""What the judge has decided in this process: names and roles are the same for all systems in memory."""
_KEYS = ("LINK_KEY", "CODE_KEY", "LOOKUP_KEY")
_MAKERS: dict[str, Callable[[], None]] = {"sqs": _make_queues, "s3": _make_buckets}


@cache
def _settings_of_all() -> dict[str, str]:
    """The settings of all functions, but for the keys. Moto's queues and buckets are made when their service is asked for."""
    return {
        "ORIGIN": "https://latchkey.test",
        "MAIL_FROM": "no-reply@latchkey.test",
        "MAIL_IDENTITY": "latchkey.test",
        "ALARM_TOPIC": TOPIC,
        "CONFIGURATION_SET": "latchkey",
        "ORIGIN_SECRET": "",
        "SSO_SECRETS": "latchkey/sso",
        "FEDERATE_FUNCTION": "FederateFunction",
        "SAML_FUNCTION": "SamlFunction",
        **{f"{table.removesuffix('Table').upper()}_TABLE": table for table in sam.resources("AWS::DynamoDB::Table")},
        **{name: _queue(name) for name in _settings("_QUEUE")},
        **{name: _bucket(name) for name in _settings("_BUCKET")},
    }


@cache
def _names_in_memory() -> dict[str, str]:
    return _names({**_settings_of_all(), **{name: name.lower() for name in _KEYS}})


def _names(environment: dict[str, str]) -> dict[str, str]:
    """The template's names of what the settings of its functions name."""
    return {
        environment[setting].rpartition("/")[2]: sam.target(value)
        for function in sam.functions().values()
        for setting, value in function["Environment"]["Variables"].items()
        if setting in environment
        and setting
        not in {"ORIGIN", "ORIGIN_SECRET", "SSO_SECRETS", "FEDERATE_FUNCTION", "SAML_FUNCTION", "MAIL_FROM", "MAIL_IDENTITY"}
    }
