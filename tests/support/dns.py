"""A name server on this machine that answers as one does: a zone of records, names that are gone, and silence."""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from latchkey.shared.stores.dns import Answers, Dns, Question


@dataclass
class NameServer:
    """``zone`` by ``(name, kind)``: the records as a zone file has them. ``silent``: it answers nothing; ``broken``: SERVFAIL."""

    zone: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    silent: bool = False
    broken: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0
    resolvers: Path = Path()

    def answer(self, query: bytes) -> bytes | None:
        """The answer to a query, as it goes over the wire."""
        asked = dns.message.from_wire(query)
        question = asked.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if self.silent:
            return None
        made = dns.message.make_response(asked, recursion_available=True)
        if self.broken:
            made.set_rcode(dns.rcode.SERVFAIL)
        elif records := self.zone.get((name, kind)):
            made.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        elif not any(known == name for known, _ in self.zone):
            made.set_rcode(dns.rcode.NXDOMAIN)
        return made.to_wire()

    def dns(self, seconds: float = 1.0) -> Dns:
        """What asks it."""
        return Dns(self.resolvers, self.port, seconds)


@contextmanager
def name_server(folder: Path, zone: dict[tuple[str, str], list[str]] | None = None) -> Iterator[NameServer]:
    """One that serves until the end."""
    made = NameServer(zone=dict(zone or {}), resolvers=folder / "resolv.conf")
    made.resolvers.write_text("nameserver 127.0.0.1\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(0.05)
        made.port = line.getsockname()[1]
        end = threading.Event()

        def serve() -> None:
            while not end.is_set():
                try:
                    query, sender = line.recvfrom(4096)
                except TimeoutError:
                    continue
                if (answer := made.answer(query)) is not None:
                    line.sendto(answer, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield made
        finally:
            end.set()
            thread.join()


class Zone:
    """Answers out of a healthy zone without any server, in the words of ``Dns.ask``; a pupils' domain is Google's."""

    def ask(self, questions: Iterable[Question]) -> dict[Question, Answers]:
        """An answer for each question."""
        zone = healthy_zone()
        return {
            question: tuple(text.strip('"') for text in zone.get(question, _MX if question[1] == "MX" else []))
            for question in questions
        }


_MX = ["aspmx.l.google.com."]


def healthy_zone(**more: Any) -> dict[tuple[str, str], list[str]]:
    """What DNS has of ``latchkey.test`` and its return path, as SES wants it."""
    return {
        ("mail.latchkey.test", "TXT"): ['"v=spf1 include:amazonses.com ~all"'],
        ("mail.latchkey.test", "MX"): ["10 feedback-smtp.eu-west-2.amazonses.com."],
        ("_dmarc.latchkey.test", "TXT"): ['"v=DMARC1; p=none;"'],
        **{(f"tok{n}._domainkey.latchkey.test", "CNAME"): [f"tok{n}.dkim.amazonses.com."] for n in (1, 2, 3)},
        **more,
    }
