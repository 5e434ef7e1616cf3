"""The mails: fetched from MiniStack, which forgets them when it stops, and kept in a file for the next time."""

import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from infra.local.files import read_json, write_json

KEPT = 20_000
_TRUST_COUNT = 30.0


@dataclass(frozen=True)
class Mail:
    """One mail as its reader would get it; `at` is the time of sending in seconds."""

    id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str
    at: float

    @property
    def recipients(self) -> str:
        """The addresses as one text."""
        return ", ".join(self.to)

    @property
    def sent_at(self) -> str:
        """RFC 3339, UTC."""
        return datetime.fromtimestamp(self.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Post(Protocol):
    """Where mails come from."""

    def count(self) -> int:
        """How many were sent: cheap, and different whenever there is something new."""
        ...

    def fetch(self) -> list[dict[str, Any]]:
        """All messages that MiniStack still holds, as it shows them."""
        ...


class Mails:
    """All mails, newest first: those of earlier runs from `file`, those of this run from `post`."""

    def __init__(self, post: Post, file: Path) -> None:
        self._post = post
        self._file = file
        self._lock = threading.Lock()
        self._known = {kept["id"]: Mail(**{**kept, "to": tuple(kept["to"])}) for kept in read_json(file) or []}
        self._sorted: list[Mail] = []
        self._seen: tuple[int, float] | None = None
        self._sort()

    def all(self, to: str | None = None) -> list[Mail]:
        """The mails, newest first; only those to one address when `to` is given (case does not matter)."""
        self._refresh()
        if to is None:
            return self._sorted
        wanted = to.strip().casefold()
        return [mail for mail in self._sorted if any(address.casefold() == wanted for address in mail.to)]

    def get(self, mail_id: str) -> Mail | None:
        """One mail."""
        self._refresh()
        return self._known.get(mail_id)

    def save(self) -> None:
        """Fetch what came last and keep the newest for the next run."""
        self._seen = None
        self._refresh()
        write_json(self._file, [asdict(mail) for mail in self._sorted[:KEPT]])

    def _refresh(self) -> None:
        with self._lock:
            try:
                count = self._post.count()
                now = time.monotonic()
                if self._seen and self._seen[0] == count and now - self._seen[1] < _TRUST_COUNT:
                    return
                fetched = self._post.fetch()
            except OSError:
                return  # MiniStack is not there: what is known can still be read
            for message in fetched:
                mail = _read(message)
                self._known.setdefault(mail.id, mail)
            self._seen = (count, now)
            self._sort()

    def _sort(self) -> None:
        self._sorted = sorted(self._known.values(), key=lambda mail: (-mail.at, mail.id))


def _read(message: dict[str, Any]) -> Mail:
    return Mail(
        id=message["MessageId"].partition("@")[0],
        to=tuple(message["To"]),
        subject=message["Subject"] or "",
        text=message["BodyText"] or "",
        html=message["BodyHtml"] or "",
        at=float(message["Timestamp"]),
    )
