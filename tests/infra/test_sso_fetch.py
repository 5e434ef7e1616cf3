"""The guarded fetcher: what it never asks, and how it ends with a server that is hostile, slow or large."""

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchkey.sso.model.web_addresses import NotAllowed, is_public, local_origins, web_address
from latchkey.sso.oidc import fetch as module
from latchkey.sso.oidc.fetch import MOST_BYTES, Unreachable, fetch

OK = b"HTTP/1.1 200 OK\r\nDate: Thu, 26 Nov 2026 23:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def server(answer: Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on this machine that answers one connection after the other; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            while True:
                try:
                    plain, _ = listening.accept()
                    with plain, context.wrap_socket(plain, server_side=True) if context else plain as each:
                        each.settimeout(3)
                        each.recv(65_536)
                        answer(each)
                except ValueError:
                    return
                except OSError:
                    if listening.fileno() == -1:
                        return

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(4)


def sends(*parts: bytes) -> Callable[[socket.socket], None]:
    return lambda each: each.sendall(b"".join(parts))


def why(url: str, **more: object) -> str:
    with pytest.raises(Unreachable) as caught:
        fetch(url, **more)  # type: ignore[arg-type]
    return caught.value.why


class TestWhatIsNeverAsked:
    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("http://accounts.google.com/", "https"),
            ("ftp://accounts.google.com/", "https"),
            ("file:///etc/passwd", "spelling"),
            ("https://a@b.example/", "spelling"),
            ("https://good.example\\@evil.example/", "spelling"),
            ("https://good.example/#x", "spelling"),
            ("https://good.example:99999/", "spelling"),
            ("https://good.example:0/", "spelling"),
            ("https://[::1]/", "spelling"),
            ("https://good.example/\r\nHost: evil", "spelling"),
            ("https://bücher.example/", "spelling"),
            ("", "spelling"),
            ("https://" + "a" * 1_000 + ".example/", "spelling"),
        ],
    )
    def test_an_address_that_is_not_plainly_https(self, url: str, reason: str) -> None:
        assert why(url) == reason

    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
            "255.255.255.255", "192.0.2.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "2001::1", "ff02::1",
            "fec0::1", "nonsense",
        ],
    )  # fmt: skip
    def test_a_name_that_leads_to_a_private_address(self, address: str) -> None:
        assert not is_public(address)
        assert why("https://idp.example/", resolve=lambda _host, _port: [address]) == "private"

    def test_one_private_address_among_public_ones(self) -> None:
        assert why("https://idp.example/", resolve=lambda _host, _port: ["8.8.8.8", "10.0.0.1"]) == "private"

    @pytest.mark.parametrize("address", ["8.8.8.8", "142.250.1.1", "2a00:1450:4009::1", "::ffff:8.8.8.8"])
    def test_public_addresses_are_asked(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize("spelt", ["2130706433", "0x7f.1", "127.1", "localhost", "127.0.0.1"])
    def test_other_spellings_of_this_machine(self, spelt: str) -> None:
        """The resolver reads them as the loopback address, or not at all."""
        assert why(f"https://{spelt}/") in {"private", "unresolved"}

    def test_a_name_without_an_address(self) -> None:
        def none(_host: str, _port: int) -> list[str]:
            raise socket.gaierror(-2, "Name or service not known")

        assert why("https://idp.example/", resolve=none) == "unresolved"

    def test_the_name_is_looked_up_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A name server that says a public address first and a private one then gains nothing."""
        asked, connected = [], []

        def first_public(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["8.8.8.8"] if len(asked) == 1 else ["127.0.0.1"]

        def connect(where: tuple[str, int], timeout: float) -> socket.socket:
            connected.append(where)
            raise ConnectionRefusedError

        monkeypatch.setattr(module.socket, "create_connection", connect)
        assert why("https://idp.example/x", resolve=first_public) == "refused"
        assert (asked, connected) == (["idp.example"], [("8.8.8.8", 443)])


class TestOriginsOfThisMachine:
    @pytest.mark.parametrize(
        "text",
        ["http://evil.example", "http://localhost.evil.example", "http://localhost:80/path", "https://10.0.0.1"],
    )
    def test_no_other_origin_can_be_let_through(self, text: str) -> None:
        with pytest.raises(ValueError, match="SsoLocalOrigins"):
            local_origins(text)

    def test_only_the_origin_that_is_named(self) -> None:
        named = local_origins("http://localhost:9000, https://127.0.0.1:9001")
        assert web_address("http://localhost:9000/x?y=1", named).target == "/x?y=1"
        for other in ("http://localhost:9001/", "http://127.0.0.1:9000/", "http://localhost:9000.evil.example/"):
            with pytest.raises(NotAllowed):
                web_address(other, named)

    def test_a_local_name_that_leads_elsewhere(self) -> None:
        assert why("http://localhost:9/", local=("http://localhost:9",), resolve=lambda *_: ["8.8.8.8"]) == "private"


class TestAnswers:
    def asked(self, answer: Callable[[socket.socket], None], **more: object) -> module.Fetched:
        with server(answer) as port:
            origin = f"http://127.0.0.1:{port}"
            return fetch(f"{origin}/x", local=(origin,), **more)  # type: ignore[arg-type]

    def refused(self, answer: Callable[[socket.socket], None], seconds: float = 3) -> str:
        with pytest.raises(Unreachable) as caught:
            self.asked(answer, seconds=seconds)
        return caught.value.why

    def test_an_answer(self) -> None:
        found = self.asked(sends(OK))
        assert (found.status, found.body, found.date, found.media) == (
            200, b"{}", "Thu, 26 Nov 2026 23:00:00 GMT", "application/json",
        )  # fmt: skip

    def test_a_form_is_posted(self) -> None:
        got: list[bytes] = []

        def answer(each: socket.socket) -> None:
            each.sendall(OK)

        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]

            def run() -> None:
                plain, _ = listening.accept()
                with plain:
                    while b"a=b" not in b"".join(got):
                        got.append(plain.recv(65_536))
                    answer(plain)

            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            origin = f"http://127.0.0.1:{port}"
            assert fetch(f"{origin}/token", form=b"a=b", headers={"Authorization": "Basic x"}, local=(origin,)).status == 200
            thread.join(3)
        sent = b"".join(got)
        assert sent.startswith(b"POST /token HTTP/1.1")
        assert b"Authorization: Basic x" in sent
        assert f"Host: 127.0.0.1:{port}".encode() in sent
        assert sent.count(b"Host:") == 1

    @pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"307 Temporary"])
    def test_no_redirect_is_followed(self, status: bytes) -> None:
        moved = b"HTTP/1.1 " + status + b"\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
        assert self.refused(sends(moved)) == "redirect"

    def test_too_large_an_answer_with_a_length(self) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {MOST_BYTES + 1}\r\n\r\n".encode()
        assert self.refused(sends(head, b"x" * (MOST_BYTES + 1))) == "large"

    def test_the_largest_answer(self) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {MOST_BYTES}\r\n\r\n".encode()
        assert len(self.asked(sends(head, b"x" * MOST_BYTES)).body) == MOST_BYTES

    def test_an_answer_without_an_end(self) -> None:
        def forever(each: socket.socket) -> None:
            each.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(40):
                each.sendall(b"ffff\r\n" + b"x" * 65_535 + b"\r\n")

        assert self.refused(forever) == "large"

    @pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
    def test_a_byte_at_a_time(self, first: bytes) -> None:
        def drip(each: socket.socket) -> None:
            each.sendall(first)
            for _ in range(60):
                each.sendall(b"x")
                if threading.Event().wait(0.05):
                    return

        assert self.refused(drip, seconds=0.4) == "slow"

    def test_a_slow_resolver(self) -> None:
        def slow(_host: str, _port: int) -> list[str]:
            threading.Event().wait(1)
            return ["8.8.8.8"]

        assert why("https://idp.example/", resolve=slow, seconds=0.2) == "slow"

    @pytest.mark.parametrize(
        "answer",
        [b"", b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
         b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"],
    )  # fmt: skip
    def test_what_is_no_answer(self, answer: bytes) -> None:
        assert self.refused(sends(answer)) in {"broken", "refused"}

    @given(st.binary(max_size=300))
    def test_any_bytes_end_as_an_answer_or_as_unreachable(self, data: bytes) -> None:
        here, there = socket.socketpair()
        with here, there:
            there.sendall(data)
            there.shutdown(socket.SHUT_WR)
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(module._Asked, "_connected", lambda *_: here)
                with contextlib.suppress(Unreachable):
                    fetch("https://idp.example/", resolve=lambda *_: ["8.8.8.8"], seconds=2)

    def test_a_certificate_that_nobody_trusts(self, tmp_path: Path) -> None:
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(key),
             "-out", str(certificate), "-subj", "/CN=localhost", "-days", "1"],
            check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        with server(sends(OK), context) as port:
            origin = f"https://localhost:{port}"
            assert why(f"{origin}/", local=(origin,)) == "certificate"
