"""What CloudFront keeps of answers, and for how long."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from infra.edge.distribution import CachePolicy

LARGEST: Final = 1024 * 1024  # bytes; what is larger is only passed on
_MOST: Final = 1_000  # answers
# "Control how long CloudFront caches errors" and "HTTP 4xx and 5xx status codes that CloudFront caches", Developer Guide.
_UNLESS_TOLD: Final = 10.0
_ALWAYS_KEPT: Final = frozenset({404, 410, 414, 500, 501, 502, 503, 504})
_KEPT_IF_DATED: Final = frozenset({400, 403, 405, 412, 415})
_NO_STORE_HEARD: Final = frozenset({404, 410, 414, 501})
_NOT_KEPT: Final = frozenset({"no-store", "no-cache", "private"})

Key = tuple[object, ...]


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


class Cache:
    """Answers by what tells their requests apart."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Key, tuple[float, Answer]] = {}

    def get(self, key: Key) -> Answer | None:
        """What is kept under a key and has not run out."""
        with self._lock:
            until, answer = self._kept.get(key, (0.0, None))
        return answer if answer is not None and until > self._clock() else None

    def put(self, key: Key, answer: Answer, seconds: float) -> None:
        """Keep an answer for some seconds."""
        if seconds > 0 and len(answer.body) <= LARGEST:
            with self._lock:
                if len(self._kept) >= _MOST:
                    self._kept.clear()
                self._kept[key] = (self._clock() + seconds, answer)


def seconds(status: int, headers: Sequence[tuple[str, str]], policy: CachePolicy, errors: Mapping[int, float]) -> float:
    """How long an answer to GET or HEAD is kept; 0 for not at all."""
    said = _directives(headers)
    age = _age(said)
    if status < 400:
        if policy.most == 0:
            return 0
        if _NOT_KEPT & said.keys():
            return policy.least
        return policy.usual if age is None else min(max(age, policy.least), policy.most)
    if not (status in _ALWAYS_KEPT or (status in _KEPT_IF_DATED and age is not None)):
        return 0
    if status in _NO_STORE_HEARD and _NOT_KEPT & said.keys():
        return 0
    return max(errors.get(status, _UNLESS_TOLD), min(age or 0, policy.most))


def _directives(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    said = ",".join(value for name, value in headers if name.lower() == "cache-control")
    return {name.strip().lower(): value.strip() for name, _, value in (part.partition("=") for part in said.split(","))}


def _age(said: Mapping[str, str]) -> float | None:
    return next((float(said[name]) for name in ("s-maxage", "max-age") if said.get(name, "").isdecimal()), None)
