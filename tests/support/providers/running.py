"""A provider's process: it listens on a socket that the tests hold, and ends with them."""

import contextlib
import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Final

from infra.local.waiting import answers
from tests.support.providers.install import installed, node

_PATIENCE: Final = 30.0


def held(host: str = "127.0.0.1") -> socket.socket:
    """A port of this machine that nobody else can have, and on which nobody answers until somebody listens."""
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.bind((host, 0))
    return taken


def origin_of(taken: socket.socket) -> str:
    """Where a browser, and the product, find who listens there: not at ``localhost``, for it is another site than the product."""
    host, port = taken.getsockname()
    return f"http://{host}:{port}"


class Provider:
    """One that runs."""

    def __init__(self, origin: str, process: "subprocess.Popen[str]") -> None:
        self.origin = origin
        self._process = process

    def change(self, **configuration: Any) -> None:
        """Set these parts of the configuration; when it returns, the next request is answered by it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(configuration) + "\n")
        self._process.stdin.flush()
        said = _line(self._process.stdout)
        assert said == "done", f"The provider did not take its configuration: {said or 'it has ended'}"


def _line(out: IO[str]) -> str:
    """The next of its own lines; packages print what they like before."""
    for line in out:
        if line.startswith(("done", "failed")):
            return line.strip()
    return ""


@contextmanager
def provider(script: str, taken: socket.socket, **configuration: Any) -> Iterator[Provider]:
    """``script.mjs`` on the socket, ready to answer; both end with the block."""
    folder, origin = installed(), origin_of(taken)
    number = taken.fileno()  # the child's too
    command = [str(node()), f"{script}.mjs", str(number)]
    with (folder / f"{script}.{taken.getsockname()[1]}.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, pass_fds=[number]
        )
        try:
            made = Provider(origin, process)
            made.change(origin=origin, **configuration)
            assert answers(taken.getsockname()[1])
            yield made
        finally:
            assert process.stdin is not None
            assert process.stdout is not None
            with contextlib.suppress(BrokenPipeError):  # it has ended by itself
                process.stdin.close()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
            taken.close()
