"""Which domains take no mail, asked of a resolver that answers on this machine: every kind of answer, and none."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from latchkey.email_updates.stores.mail_exchanges import MOST, MailExchanges

Answer = Callable[[bytes, int], bytes | None]


@pytest.fixture(autouse=True)
def _offline() -> None:
    """These tests ask a resolver of their own, at 127.0.0.1."""


def reply(query: bytes, *records: bytes, code: int = 0, cut: bool = False) -> bytes:
    flags = 0x8180 | code | (0x0200 if cut else 0)
    return query[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + query[12:] + b"".join(records)


def record(kind: int, data: bytes, name: bytes = b"\xc0\x0c") -> bytes:
    return name + struct.pack("!HHIH", kind, 1, 60, len(data)) + data


NULL = record(15, b"\0\0\0")
NULL_NAMED = record(15, b"\0\0\0", b"\x09nullnamed\x02uk\0")
ADDRESS = record(1, b"\x7f\0\0\1")
SERVER = record(15, b"\0\x0a\x02mx\xc0\x0c")


def of_kind(kind: int, servers: tuple[bytes, ...], addresses: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return servers if kind == 15 else addresses


SAID: dict[str, Answer] = {
    "silent": lambda query, kind: None,
    "gone": lambda query, kind: reply(query, code=3),
    "broken": lambda query, kind: reply(query, code=2),
    "null": lambda query, kind: reply(query, *of_kind(kind, (NULL,), (ADDRESS,))),
    "nullnamed": lambda query, kind: reply(query, *of_kind(kind, (NULL_NAMED,), (ADDRESS,))),
    "web": lambda query, kind: reply(query, *of_kind(kind, (), (ADDRESS,))),
    "empty": lambda query, kind: reply(query),
    "cut": lambda query, kind: reply(query, cut=True),
    "other": lambda query, kind: reply(query).replace(b"\x05other", b"\x05wrong"),
    "garbled": lambda query, kind: reply(query, record(kind, b"\0")),
    "short": lambda query, kind: query[:7],
    "fine": lambda query, kind: reply(query, SERVER),
}
"""What the resolver of these tests says of each domain, by its first label."""
UNSAID = {"silent", "other", "garbled", "short"}
"""What of it is no answer, so that the whole time is waited for."""
PATIENT = 60.0
"""Seconds for what is answered at once on a machine that has nothing else to do."""


@contextmanager
def resolver(together: int = 1) -> Iterator[tuple[tuple[str, int], list[tuple[str, int]]]]:
    """A resolver on this machine, and what it was asked. It answers once it was asked for so much."""
    asked: list[tuple[str, int]] = []
    waiting: list[tuple[bytes, tuple[str, int]]] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(0.05)
        end = threading.Event()

        def serve() -> None:
            while not end.is_set():
                try:
                    query, sender = line.recvfrom(4096)
                except TimeoutError:
                    continue
                labels, at = [], 12
                while query[at]:
                    labels.append(query[at + 1 : at + 1 + query[at]].decode())
                    at += 1 + query[at]
                (kind,) = struct.unpack_from("!H", query, at + 1)
                asked.append((".".join(labels), kind))
                said = SAID[labels[0]](query, kind)
                if said is not None:
                    waiting.append((said, sender))
                while waiting and len(asked) >= together:
                    said, sender = waiting.pop()
                    line.sendto(b"xx" + said[2:], sender)  # of no question
                    line.sendto(said, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield line.getsockname(), asked
        finally:
            end.set()
            thread.join()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """What names this machine as its own resolver."""
    path = tmp_path / "resolv.conf"
    path.write_text("# x\nsearch gone.uk\nnameserver 127.0.0.1\n")
    return path


def test_which_domains_take_no_mail(here: Path) -> None:
    with resolver() as ((_, port), _):
        found = MailExchanges(here, port, PATIENT).lacking(f"{name}.uk" for name in SAID.keys() - UNSAID)
    assert found == {"gone.uk", "null.uk", "nullnamed.uk", "empty.uk"}


def test_what_is_not_answered_or_not_understood_is_no_doubt(here: Path) -> None:
    names = {f"{name}.uk" for name in UNSAID}
    with resolver() as ((_, port), asked):
        for _ in range(50):  # a busy machine may not come to asking within the time
            assert MailExchanges(here, port, 0.4).lacking(names) == set()
            if {name for name, _ in asked} == names:
                return
    pytest.fail(f"only {asked} was asked for")


def test_each_domain_is_asked_for_once_and_not_too_many(here: Path) -> None:
    with resolver() as ((_, port), asked):
        names = [f"gone.d{number}.uk" for number in range(MOST + 1)]
        assert MailExchanges(here, port, PATIENT).lacking([*names, *names]) == set(names[:MOST])
        assert len(asked) == len(set(asked)) == 2 * MOST
        assert MailExchanges(here, port).lacking(["", "uk", "a..uk", f"{'x' * 64}.uk", "ü.uk"]) == set()
        assert len(asked) == 2 * MOST, "nobody is asked for what is no domain"


def test_all_domains_are_asked_for_together_and_have_the_time_of_one(here: Path) -> None:
    names = [f"gone.d{number}.uk" for number in range(MOST)]
    with resolver(together=2 * MOST) as ((_, port), _):
        assert MailExchanges(here, port, PATIENT).lacking(names) == set(names)


@pytest.mark.parametrize("text", [None, "", "nameserver\n", "nameserver 127.0.0.1\n"])
def test_without_a_resolver_nothing_is_in_doubt(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "resolv.conf"
    if text is not None:
        path.write_text(text)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = closed.getsockname()[1]
    assert MailExchanges(path, nobody, 0.2).lacking(["gone.uk"]) == set()
