"""Copies of the four tables as they were at one moment, under new names beside the stack's own."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.deploy.cloud import Cloud
from infra.deploy.findings import Finding, fine, stop
from infra.local.trouble import Trouble
from infra.restore.rules import TABLES

LATEST: Final = "latest"
_PAUSE: Final = 15.0  # seconds between two looks at tables that are being made
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z")
_KEYS: Final = ("LinkKey", "CodeKey", "LookupKey")
_OFF: Final = "The stack's table {} has no point-in-time recovery: a mistake now could not be taken back."
Note = Callable[[str], None]


def read_moment(said: str) -> datetime | None:
    """The moment that somebody wrote, in UTC; None for the latest that there is."""
    if said == LATEST:
        return None
    if not _MOMENT.fullmatch(said):
        raise Trouble(f"AT is a moment in UTC such as 2026-11-20T14:30:00Z (or {LATEST}, for a drill), not {said!r}.")
    try:
        return datetime.fromisoformat(said)
    except ValueError as error:
        raise Trouble(f"There is no such moment: {said}.") from error


@dataclass(frozen=True)
class Copies:
    """The copies of one moment. ``live`` names the stack's tables: directory, credentials, sessions, activity."""

    cloud: Cloud
    stack: str
    live: Mapping[str, str]
    at: datetime

    def name(self, table: str) -> str:
        """A copy's name, which says of which moment it is."""
        return f"{self.stack}-restore-{self.at:%Y%m%dT%H%M%SZ}-{table}"

    def stand(self) -> bool:
        """Whether all copies are there, or being made."""
        return all(self._described(self.name(table)) for table in TABLES)

    def make(self) -> int:
        """Ask for the copies that are not there yet; how many those were."""
        missing = [table for table in TABLES if self._described(self.name(table)) is None]
        for table in missing:
            facts: dict[str, Any] = {"SourceTableName": self.live[table], "TargetTableName": self.name(table)}
            if table == "directory":  # nobody looks anything up in a copy, and without indexes it is made sooner
                facts["GlobalSecondaryIndexOverride"] = []
            self._dynamodb.restore_table_to_point_in_time(**facts, RestoreDateTime=self.at)
        return len(missing)

    def wait(self, note: Note, sleep: Callable[[float], None] = time.sleep) -> None:
        """Until all copies can be read."""
        while making := [table for table in TABLES if (self._described(self.name(table)) or {}).get("TableStatus") != "ACTIVE"]:
            note(f"AWS still makes {', '.join(making)}; usually 20 minutes to an hour, whatever their size. Ctrl-C loses nothing")
            sleep(_PAUSE)

    def check(self) -> list[Finding]:
        """Whether the copies are of this moment, the stack's own tables can be restored again, and its keys still compute."""
        found = [self._check_copy(table) for table in TABLES]
        off = [name for name in self.live.values() if not _recovery(self._dynamodb, name)]
        found += [stop(_OFF.format(name), "Switch it on; a deploy does.") for name in off]
        return found if off else [*found, fine("The stack's own tables can be restored to any moment until now")]

    def remove(self) -> list[str]:
        """Delete the copies, the stack's tables being there and restorable to the same moment again; the names deleted."""
        for table, name in self.live.items():
            recovery = _recovery(self._dynamodb, name) if self._described(name) else {}
            if not recovery:
                raise Trouble(f"The stack's table {name} is missing or cannot be restored: the copy of {table} stays.")
            if not self._is_local and recovery["EarliestRestorableDateTime"] > self.at:
                raise Trouble(
                    f"{name} cannot be restored to {self.at:%Y-%m-%dT%H:%M:%SZ} any more: this is the only copy, it stays."
                )
        names = [self.name(table) for table in TABLES if self._described(self.name(table))]
        for name in names:
            self._dynamodb.delete_table(TableName=name)
        return names

    def _check_copy(self, table: str) -> Finding:
        name = self.name(table)
        summary = (self._described(name) or {}).get("RestoreSummary") or {}
        moment = summary.get("RestoreDateTime", self.at)
        if not self._is_local and moment.replace(microsecond=0) != self.at:
            return stop(
                f"{name} is of {moment:%Y-%m-%dT%H:%M:%SZ}, another moment than its name says.", "Remove the copies; begin again."
            )
        return fine(f"{name} stands")

    @property
    def _is_local(self) -> bool:
        """MiniStack keeps no history: each copy is of now, whatever is asked for."""
        return self.cloud.endpoint_url is not None

    @cached_property
    def _dynamodb(self) -> Any:
        return self.cloud.client("dynamodb")

    def _described(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._dynamodb.describe_table(TableName=name)["Table"]
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ResourceNotFoundException":
                raise
            return None
        return found


def choose_moment(cloud: Cloud, live: Mapping[str, str], wanted: datetime | None) -> datetime:
    """The moment that all four tables can be restored to; ``Trouble`` where they cannot."""
    windows = {name: _recovery(cloud.client("dynamodb"), name) for name in live.values()}
    off = [name for name, window in windows.items() if not window]
    if off:
        raise Trouble(
            f"{', '.join(off)} {'has' if len(off) == 1 else 'have'} no point-in-time recovery: nothing can be restored."
        )
    first = max(window["EarliestRestorableDateTime"] for window in windows.values())
    last = min(window["LatestRestorableDateTime"] for window in windows.values())
    if wanted is None:
        return (last.astimezone(UTC) if cloud.endpoint_url is None else datetime.now(UTC)).replace(microsecond=0)
    if cloud.endpoint_url is None and not first <= wanted <= last:
        said = f"{first.astimezone(UTC) + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ} to {last.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        raise Trouble(f"The tables can be restored to any second from {said}. The last five minutes are not in yet.")
    return wanted


def check_keys(cloud: Cloud, outputs: Mapping[str, str]) -> list[Finding]:
    """Whether links, codes and look-up keys can still be computed: no table holds them. Nothing is computed with them here."""
    found = []
    for key in _KEYS:
        about = cloud.client("kms").describe_key(KeyId=outputs[key])["KeyMetadata"]
        if about["KeyState"] == "Enabled":
            found.append(fine(f"{key} still computes"))
        else:
            todo = f"aws kms cancel-key-deletion --key-id {outputs[key]}; aws kms enable-key --key-id {outputs[key]}"
            found.append(stop(f"{key} is {about['KeyState']}: nothing that is put back would work.", todo))
    return found


def _recovery(dynamodb: Any, name: str) -> dict[str, Any]:
    """Between which moments a table can be restored; empty where it cannot."""
    found: dict[str, Any] = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery: dict[str, Any] = found.get("PointInTimeRecoveryDescription") or {}
    return recovery if recovery.get("PointInTimeRecoveryStatus") == "ENABLED" else {}
