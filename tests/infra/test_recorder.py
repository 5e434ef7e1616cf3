"""The recorder passes on what comes as it is, and writes down names only."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.local.recorder import Recorder, Request, record

SIGNED = "AWS4-HMAC-SHA256 Credential=ASIA1/20261126/eu-west-2/{}/aws4_request, SignedHeaders=host, Signature=0"
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nrosters/northbridge/1/secret\r\n'
    b'--x\r\nContent-Disposition: form-data; name="X-Amz-Credential"\r\n\r\nASIA2/20261126/eu-west-2/s3/aws4_request\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\nAnn,Lee\r\n--x--\r\n'
)


def lines(method: str, target: str, body: Any = b"", **headers: str) -> list[Any]:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return [json.loads(line) for line in record(Request(method, target, given, content))]


def test_a_call_of_dynamodb_by_its_names() -> None:
    body = {
        "TableName": "Directory",
        "Key": {"pk": {"S": "northbridge#P#ann"}, "sk": {"S": "PERSON"}},
        "UpdateExpression": "SET #v = :v",
        "ExpressionAttributeNames": {"#v": "email"},
        "ExpressionAttributeValues": {":v": {"S": "ann@x.example"}},
        "ReturnValues": "ALL_NEW",
    }
    said = lines("POST", "/", body, x_amz_target="DynamoDB_20120810.UpdateItem", authorization=SIGNED.format("dynamodb"))
    keys = {
        "dynamodb:Attributes": ["email", "pk", "sk"],
        "dynamodb:LeadingKeys": ["*#P#*"],
        "dynamodb:ReturnValues": ["ALL_NEW"],
    }
    assert said == [["ASIA1", "dynamodb.UpdateItem", "dynamodb:UpdateItem", "table/Directory", keys]]


@pytest.mark.parametrize(
    ("method", "target", "operation", "actions"),
    [
        ("GET", "/b/exports/n/1.pdf", "GetObject", ["s3:GetObject", "kms:Decrypt"]),
        ("PUT", "/b/exports/n/1.pdf", "PutObject", ["s3:PutObject", "kms:GenerateDataKey"]),
        ("POST", "/b/exports/n/1.pdf?uploads", "CreateMultipartUpload", ["s3:PutObject", "kms:GenerateDataKey"]),
        (
            "PUT",
            "/b/exports/n/1.pdf?partNumber=1&uploadId=u",
            "UploadPart",
            ["s3:PutObject", "kms:Decrypt", "kms:GenerateDataKey"],
        ),
        ("POST", "/b/exports/n/1.pdf?uploadId=u", "CompleteMultipartUpload", ["s3:PutObject", "kms:Decrypt"]),
        ("DELETE", "/b/exports/n/1.pdf?uploadId=u", "AbortMultipartUpload", ["s3:AbortMultipartUpload"]),
        ("DELETE", "/b/exports/n/1.pdf", "DeleteObject", ["s3:DeleteObject"]),
    ],
)
def test_a_call_of_s3_with_what_s3_asks_of_the_key(method: str, target: str, operation: str, actions: list[str]) -> None:
    said = lines(method, target, authorization=SIGNED.format("s3"))
    assert [(line[1], line[2]) for line in said] == [(f"s3.{operation}", action) for action in actions]
    assert said[0][3] == "bucket/b/exports/*"


def test_what_a_browser_does_with_a_signed_address_or_form_is_its_signers() -> None:
    download = lines("GET", "/b/recipients/n/1.csv?X-Amz-Credential=ASIA3%2F20261126%2Feu-west-2%2Fs3%2Faws4_request")
    assert download[0][:4] == ["ASIA3", "s3.GetObject", "s3:GetObject", "bucket/b/recipients/*"]
    upload = lines("POST", "/b", FORM, content_type="multipart/form-data; boundary=x")
    assert upload[0][:4] == ["ASIA2", "s3.PutObject", "s3:PutObject", "bucket/b/rosters/*"]


def test_mail_and_macs_and_messages() -> None:
    mail = {"FromEmailAddress": "Ann's School <no-reply@latchkey.example>", "ConfigurationSetName": "c", "BulkEmailEntries": [{}]}
    said = lines("POST", "/v2/email/outbound-bulk-emails", mail, authorization=SIGNED.format("ses"))
    assert {line[2] for line in said} == {"ses:SendBulkEmail", "ses:SendBulkTemplatedEmail"}
    assert lines("GET", "/v2/email/account", authorization=SIGNED.format("ses"))[0][2:4] == ["ses:GetAccount", "*"]
    mac = {"KeyId": "k", "Message": "bm9ydGhicmlkZ2U=", "MacAlgorithm": "HMAC_SHA_256"}
    said = lines("POST", "/", mac, x_amz_target="TrentService.GenerateMac", authorization=SIGNED.format("kms"))
    assert said == [["ASIA1", "kms.GenerateMac", "kms:GenerateMac", "key/k", {"kms:MacAlgorithm": ["HMAC_SHA_256"]}]]
    batch = {"QueueUrl": "http://x/1/plan", "Entries": []}
    said = lines("POST", "/", batch, x_amz_target="AmazonSQS.SendMessageBatch", authorization=SIGNED.format("sqs"))
    assert said == [["ASIA1", "sqs.SendMessageBatch", "sqs:SendMessage", "queue/plan", {}]]


@pytest.mark.parametrize(
    ("path", "operation", "resource"),
    [
        ("identities/latchkey.example", "GetEmailIdentity", "identity/latchkey.example"),
        ("configuration-sets/c", "GetConfigurationSet", "configuration-set/c"),
        ("configuration-sets/c/event-destinations", "GetConfigurationSetEventDestinations", "configuration-set/c"),
    ],
)
def test_what_is_read_of_ses(path: str, operation: str, resource: str) -> None:
    said = lines("GET", f"/v2/email/{path}", authorization=SIGNED.format("ses"))
    assert said == [["ASIA1", f"sesv2.{operation}", f"ses:{operation}", resource, {"ses:ApiVersion": ["2"]}]]


@pytest.mark.parametrize("name", ["look", "look:live", "arn%3Aaws%3Alambda%3Aeu-west-2%3A000000000000%3Afunction%3Alook%3Alive"])
def test_a_function_that_is_asked(name: str) -> None:
    said = lines("POST", f"/2015-03-31/functions/{name}/invocations", {"check": "x"}, authorization=SIGNED.format("lambda"))
    assert said == [["ASIA1", "lambda.Invoke", "lambda:InvokeFunction", "function/look", {}]]


def test_a_form_of_the_query_protocol_which_sns_speaks() -> None:
    body = b"Action=GetTopicAttributes&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-2%3A1%3AAlarms"
    form = "application/x-www-form-urlencoded; charset=utf-8"
    said = lines("POST", "/", body, content_type=form, authorization=SIGNED.format("sns"))
    assert said == [["ASIA1", "sns.GetTopicAttributes", "sns:GetTopicAttributes", "topic/arn:aws:sns:eu-west-2:1:Alarms", {}]]
    unknown = lines("POST", "/", b"Action=Publish", content_type=form, authorization=SIGNED.format("sns"))
    assert unknown == [["ASIA1", "sns.Publish"]]


def test_what_it_cannot_take_apart_is_written_down_as_that() -> None:
    assert lines("POST", "/", {}, x_amz_target="DynamoDB_20120810.ExecuteStatement", authorization=SIGNED.format("x")) == [
        ["ASIA1", "dynamodb.ExecuteStatement"]
    ]
    assert lines("PATCH", "/v2/email/x", authorization=SIGNED.format("ses")) == [["ASIA1", "sesv2.PATCH /v2/email/x"]]
    assert lines("HEAD", "/b/k", authorization=SIGNED.format("s3")) == [["ASIA1", "s3.HEAD"]]
    assert lines("GET", "/health") == [], "nobody signed it"


class Upstream(BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = json.dumps([self.path, self.headers["Host"], self.headers["Authorization"], body.decode()]).encode()
        self.send_response_only(201)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def serving(server: HTTPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_request_passes_as_it_is_and_is_written_down_once(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    for _ in range(2):  # a second recorder goes on where the first one ended
        with serving(HTTPServer(("127.0.0.1", 0), Upstream)) as upstream, serving(Recorder(0, upstream, file)) as port:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            for _ in range(2):
                headers = {"Host": "b.s3.example", "Authorization": SIGNED.format("s3"), "Expect": "100-continue"}
                connection.request("PUT", "/b/exports/a%20b?x=%2F", b"Ann,Lee", headers)
                answer = connection.getresponse()
                said = json.loads(answer.read())
                assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
                assert said == ["/b/exports/a%20b?x=%2F", "b.s3.example", SIGNED.format("s3"), "Ann,Lee"]
            connection.close()
    assert len(file.read_text().splitlines()) == 2
    assert "Ann" not in file.read_text()


def test_what_does_not_answer_is_an_error_of_the_gateway(tmp_path: Path) -> None:
    with serving(Recorder(0, 1, tmp_path / "calls.jsonl")) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/")
        assert connection.getresponse().status == 502
        connection.close()
