"""What a function loads before its first event and for its first answer: no more modules than its budget, and none of these.

Each starts as Lambda starts it (functions/start), in a fresh interpreter, and answers once: portal and console, with the tables
of routes that the build writes, with a page of a school that nobody has or for somebody who is not signed in, the others a
message that cannot be read. If a change comes over a budget, ask first whether its import may wait until it is needed; where it
may not, raise the budget here, for people to see.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final, get_args

import pytest

from latchkey.settings import NEEDS, FunctionName
from tests.support.routes_table import with_table
from tests.support.sam import ROOT

BUDGETS: Final = {
    "portal": 55,
    "console": 165,
    "plan_send": 180,
    "deliver_links": 90,
    "mail_feedback": 81,
    "read_roster": 120,
    "build_export": 123,
    "daily": 145,
    "keep_roll": 75,
}
"""Modules of latchkey, by function."""
PACKAGES: Final = {
    *("aws_lambda_powertools", "boto3", "botocore", "chalice", "dateutil", "jmespath", "s3transfer", "six", "urllib3"),
    *("typing_extensions", "jinja2", "markupsafe", "orjson"),
}
"""The packages that a first answer may load."""
OURS: Final = {"latchkey", "start", "web", "worker", "measure", *NEEDS}
LATE: Final = {
    "asyncio",
    "unittest",
    "latchkey.sso.oidc",
    "latchkey.sso.saml",
    "aws_lambda_powertools.utilities.batch",
}
"""What no first answer needs: single sign-on's protocols and their libraries belong to functions of their own."""

ANSWER = """
import json, sys
for name in ("OpenSSL", "awscrt", "certifi", "simplejson"):  # here, and not in the layer
    sys.modules[name] = None
before = set(sys.modules)
from importlib import import_module
handle = import_module(sys.argv[1] + ".start").handle
path = {"portal": "/schools/nobody", "console": "/admin/nobody/people"}.get(sys.argv[1])
said = {"requestId": "1", "httpMethod": "GET", "path": path, "identity": {"sourceIp": "192.0.2.1"}, "resourcePath": "/{proxy+}"}
event = {
    "requestContext": said, "path": path, "httpMethod": "GET", "headers": {"accept": "text/html"}, "body": None,
    "multiValueHeaders": {"accept": ["text/html"]}, "multiValueQueryStringParameters": None, "pathParameters": None,
    "stageVariables": None, "isBase64Encoded": False,
} if path else {"Records": [] if sys.argv[1] == "keep_roll" else [{
    "messageId": "1", "body": "{}", "receiptHandle": "r", "eventSourceARN": "arn:aws:sqs:eu-west-2:1:other",
    "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1"},
}]}
answer = handle(event, None)
print(json.dumps([(answer or {}).get("statusCode"), sorted(set(sys.modules) - before)]))
"""


class Nothing(BaseHTTPRequestHandler):
    """A DynamoDB that has no item."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def empty() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Nothing)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def loaded(function: FunctionName, address: str, folder: Path) -> tuple[int | None, set[str]]:
    """What a function answers, and the modules that it has then loaded."""
    settings = {name: "https://accounts.school.example" if name == "ORIGIN" else name.lower() for name in NEEDS[function]}
    region = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "eu-west-2"}
    done = subprocess.run(
        [sys.executable, "-c", ANSWER, function],
        env=settings | region | {"AWS_ENDPOINT_URL": address, "POWERTOOLS_SERVICE_NAME": function, "PATH": ""},
        cwd=with_table(folder, function, "start") if function in {"portal", "console"} else ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    status, modules = json.loads(done.stdout.splitlines()[-1])
    return status, set(modules)


@pytest.mark.parametrize("function", sorted(BUDGETS))
def test_a_function_loads_no_more_than_its_budget(function: FunctionName, empty: str, tmp_path: Path) -> None:
    status, modules = loaded(function, empty, tmp_path)
    assert status == {"portal": 404, "console": 303}.get(function)
    latchkey = [name for name in modules if name.split(".")[0] == "latchkey"]
    assert len(latchkey) <= BUDGETS[function]
    assert {name for name in modules if name in LATE or name.startswith(tuple(f"{each}." for each in LATE))} == set()
    packages = {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names) - OURS
    assert {each for each in packages if not each.startswith("_")} - PACKAGES == set()


def test_every_function_has_a_budget() -> None:
    assert BUDGETS.keys() == {*get_args(FunctionName)} - {"operate", "federate", "saml"}  # operators; layers of their own
