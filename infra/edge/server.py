"""The edge's servers: one for IPv4 and, where the machine has it, one for IPv6, over one distribution and one cache.

A thread for each connection, from the standard library: MiniStack needs 50 ms for an invocation, so the edge's one millisecond
does not show, and there is nothing to install or to keep up to date.
"""

import contextlib
import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any, Final, TextIO

from infra.edge.cache import Cache
from infra.edge.connection import Connection, Site
from infra.edge.copies import Copies
from infra.edge.distribution import Distribution, distribution

LOOPBACKS: Final = ("127.0.0.1", "::1")
_NO_IPV6: Final = {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}


@dataclass(frozen=True)
class Config:
    """Where the edge listens, what it stands in front of, and the secret that only it and the functions know.

    ``resources``: the template's CloudFront resources (``distribution.resources``); ``copies``: where the copies of pages are.
    """

    port: int
    upstream_port: int
    api_path: str
    secret: str
    resources: Mapping[str, Any] = field(default_factory=dict)
    copies: Mapping[str, str] | None = None

    def site(self, log: TextIO) -> Site:
        """What all connections share."""
        rules = distribution(self.resources) if self.resources else Distribution()
        copies = Copies(self.copies) if self.copies else None
        return Site(self.upstream_port, self.api_path, self.secret, rules, Cache(), copies, log)


class Edge(ThreadingHTTPServer):
    """A server; one thread for each connection, any number of requests on it."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, site: Site, host: str, port: int) -> None:
        self.site = site
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is not an error; anything else is named, without its text."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            print(f"edge: {type(error).__name__} while serving a request", file=self.site.log, flush=True)


def listen(config: Config, log: TextIO) -> list[Edge]:
    """Servers on both loopback addresses, on one port; IPv4 alone where there is no IPv6."""
    site = config.site(log)
    edges: list[Edge] = []
    for host in LOOPBACKS:
        try:
            edges.append(Edge(site, host, edges[0].server_port if edges else config.port))
        except OSError as error:
            if not edges or error.errno not in _NO_IPV6:
                raise
    return edges


def serve(config: Config) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    edges = listen(config, sys.stdout)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    for edge in edges:
        threading.Thread(target=edge.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        stop.wait()
    os._exit(0)  # open connections of idle browsers hold nothing worth waiting for
