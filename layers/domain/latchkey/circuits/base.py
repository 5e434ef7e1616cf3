"""What stands under every package: settings, clock, clients, tables, queues, files and keys."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from latchkey.shared.model import identifiers
from latchkey.shared.stores.aws import Client, ClientFactory, client_factory
from latchkey.shared.stores.dynamo import Table
from latchkey.shared.stores.persist import persist

if TYPE_CHECKING:
    from collections.abc import Callable

    from latchkey.roll.stores.kept_rolls import KeptRolls
    from latchkey.settings import Settings
    from latchkey.shared.stores.claims import Claims
    from latchkey.shared.stores.counters import Counters
    from latchkey.shared.stores.dns import Dns
    from latchkey.shared.stores.files import Files
    from latchkey.shared.stores.keyring import Keyring
    from latchkey.shared.stores.queues import Queue
    from latchkey.shared.stores.uploads import Uploads

T = TypeVar("T")
_FOR_A_MESSAGE: Final = 12  # seconds in which a message should be handed back; its queue brings it again anyway


class Base:
    """What every store is made of. ``clock`` gives epoch seconds."""

    def __init__(
        self,
        settings: Settings,
        clients: ClientFactory | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self._factory = clients or client_factory()
        self._clients: dict[str, Client] = {}
        self._clock = clock
        self._sleep = sleep

    def now(self) -> int:
        """The time in epoch seconds."""
        return int(self._clock())

    def time(self) -> float:
        """The time in epoch seconds and parts of one."""
        return self._clock()

    def wait(self, seconds: float) -> None:
        """Do nothing for so many seconds."""
        self._sleep(seconds)

    def client(self, service: str) -> Client:
        """The botocore client of a service, made on first use."""
        if service not in self._clients:
            self._clients[service] = self._factory(service)
        return self._clients[service]

    def hang_up(self) -> None:
        """Drop every connection; the next call opens one again."""
        for client in self._clients.values():
            client.close()

    def table(self, setting: str) -> Table:
        """The table that a setting names. Of the people whom the console changes, their school's roll is told."""
        if setting == "DIRECTORY_TABLE" and self.settings.function == "console":
            return Table(self.client("dynamodb"), self.settings[setting], self._touch)
        return self._plain_table(setting)

    def _plain_table(self, setting: str) -> Table:
        return Table(self.client("dynamodb"), self.settings[setting])

    def _touch(self, keys: list[tuple[str, str]]) -> None:
        """People with these keys were written: readers of the roll read them anew, until the change has come to it."""
        from latchkey.people.stores.items import people_of

        for school, people in people_of(keys).items():
            self.rolls(school).touch(people, self.now())

    def rolls(self, school: str) -> KeptRolls:
        """Where a school's roll is kept; a function that has not the bucket builds it whenever it reads it."""
        from latchkey.roll.stores.kept_rolls import KeptRolls

        table, bucket = self._plain_table("DIRECTORY_TABLE"), self.settings.get("ROLLS_BUCKET")
        return KeptRolls(table, lambda: self.client("s3"), bucket, school)

    def queue(self, setting: str) -> Queue:
        """The queue whose URL a setting holds."""
        from latchkey.shared.stores.queues import Queue

        return Queue(self.client("sqs"), self.settings[setting])

    def hide(self, queue: str, receipt: str, seconds: int) -> None:
        """Let a message that was received be seen again after so many seconds; ``queue`` is its queue's ARN."""
        from latchkey.shared.stores.queues import hide

        self.persist(lambda: hide(self.client("sqs"), queue, receipt, seconds), _FOR_A_MESSAGE)

    def hold(self, queue: str, receipt: str, seconds: int) -> None:
        """The same, tried once: the work waits for it."""
        from latchkey.shared.stores.queues import hide

        hide(self.client("sqs"), queue, receipt, seconds)

    def persist(self, work: Callable[[], T], seconds: float) -> T:
        """Do what must not be left undone, again and again while a service is busy; ``TryLater`` after so many seconds."""
        return persist(work, seconds, self._sleep)

    def counters(self, setting: str, school: str) -> Counters:
        """A school's counters, in the table that a setting names."""
        from latchkey.shared.stores.counters import Counters

        return Counters(self.table(setting), school)

    def claims(self, school: str) -> Claims:
        """Which runs of a school the keys of requests have started."""
        from latchkey.shared.stores.claims import Claims

        return Claims(self.table("ACTIVITY_TABLE"), school)

    def files(self, setting: str) -> Files:
        """The files of the bucket that a setting names, for the operator."""
        from latchkey.shared.stores.files import Files

        return Files(self.client("s3"), self.settings[setting])

    def uploads(self) -> Uploads:
        """The files that schools upload."""
        from latchkey.shared.stores.uploads import Uploads

        return Uploads(self.client("s3"), self.settings["UPLOADS_BUCKET"])

    def rejected_files(self) -> Files:
        """The rows of rosters that can be mended, beside the uploads."""
        from latchkey.shared.stores.files import Files

        return Files(self.client("s3"), self.settings["UPLOADS_BUCKET"])

    def export_files(self) -> Files:
        """The files of exports."""
        from latchkey.shared.stores.files import Files

        return Files(self.client("s3"), self.settings["EXPORTS_BUCKET"])

    @cached_property
    def dns(self) -> Dns:
        """The DNS resolvers that the machine has."""
        from latchkey.shared.stores.dns import Dns

        return Dns()

    @cached_property
    def _keyrings(self) -> dict[str, Keyring]:
        return {}

    def _keyring(self, setting: str) -> Keyring:
        from latchkey.shared.stores.keyring import Keyring

        if setting not in self._keyrings:
            self._keyrings[setting] = Keyring(self.client("kms"), self.settings[setting])
        return self._keyrings[setting]

    def lookup_key(self, school: str, epoch: int = 0) -> bytes:
        """The key of a school's look-up keys for e-mail addresses and usernames in an epoch."""
        return self._keyring("LOOKUP_KEY").key(identifiers.key_label(school, epoch))

    def cursor_key(self, school: str) -> bytes:
        """The key that seals the cursors of a school's lists: no identifier, and nothing that is stored, is under it."""
        return self.lookup_key(school, 0)
