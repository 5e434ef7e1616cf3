"""The provider: oidc-provider-mock with this school's accounts, and pages of our own that need nothing from the internet."""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import flask
import jinja2
import oidc_provider_mock
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from infra.school_sign_in.accounts import Account, offered

UNKNOWN = "somebody.else"
"""A user name that the school's roster does not have: it signs in there, and is nobody here."""


class Quiet(WSGIRequestHandler):
    """Who signs in is not worth a log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def make_app(name: str, known: list[Account]) -> flask.Flask:
    """The provider of one school; its issuer is the address under which it is asked."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain http, on this machine only
    app = flask.Flask(__name__)
    users = [oidc_provider_mock.User(sub=each.user_name, claims=each.claims) for each in known]
    users.append(oidc_provider_mock.User(sub=UNKNOWN, claims={"name": "Somebody Else", "preferred_username": UNKNOWN}))
    oidc_provider_mock.init_app(app, user_claims=users)
    app.debug = False
    app.secret_key = secrets.token_bytes(16)
    ours = jinja2.PackageLoader("infra.school_sign_in")
    app.jinja_loader = jinja2.ChoiceLoader([ours, jinja2.PackageLoader("oidc_provider_mock")])
    page = {"school_sign_in": name, "buttons": offered(known), "known": known, "unknown": UNKNOWN}
    app.context_processor(lambda: page)
    return app


def server(name: str, known: list[Account], port: int) -> BaseWSGIServer:
    """A server on this machine's loopback address; ``port`` 0 takes a free one."""
    return make_server("127.0.0.1", port, make_app(name, known), threaded=True, request_handler=Quiet)


@contextmanager
def running(name: str, known: list[Account], port: int = 0) -> Iterator[str]:
    """It runs beside the block; its issuer."""
    made = server(name, known, port)
    worker = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    worker.start()
    try:
        yield f"http://localhost:{made.server_port}"
    finally:
        made.shutdown()
        worker.join()
        made.server_close()
