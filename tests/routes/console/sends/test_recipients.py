"""Recipients: search and files."""

import csv
import io
from dataclasses import replace

import pytest

from latchkey.sends.model.mail_states import Fact
from tests.routes.console.sends.test_sends import SENDS, plan, school  # noqa: F401
from tests.support.console import Console


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_recipients_are_downloaded_through_a_url_that_ends(school: Console, form: str) -> None:  # noqa: F811
    send = plan(school, {"filter": {}})
    wiring = school.system.wiring("console")
    found = wiring.sends("northbridge").get(send)
    assert found is not None
    wiring.sends("northbridge")._change(found, {"chunks": 9}, [])
    answer = school.get(f"{SENDS}/{send}/recipients/download", format=form)
    assert answer.status_code == 303
    bucket = school.system.environment["EXPORTS_BUCKET"]
    key = wiring.client("s3").list_objects_v2(Bucket=bucket)["Contents"][0]["Key"]
    data = wiring.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert key.startswith(f"recipients/northbridge/{send}/")
    assert data.startswith(b"PK") if form == "xlsx" else data.count(b"\r\n") == 6
    assert school.get(f"{SENDS}/{send}/recipients/download", format="pdf").status_code == 422
    assert school.get(f"{SENDS}/{send}/recipients", q="no-such-name").json_body["items"] == []
    assert "Download" in school.page(f"{SENDS}/{send}", q="given").body.decode()


HOSTILE = "smtp; 550 <script>alert(1)</script> =cmd|'/c calc'!A0"


def test_what_the_mail_server_said_is_shown_literally_everywhere(school: Console) -> None:  # noqa: F811
    send = plan(school, {"filter": {}})
    wiring = school.system.wiring("console")
    ledger, now = wiring.ledger("northbridge"), wiring.now()
    told = Fact("bounced", "hard", now, HOSTILE)
    changed = ledger.amend(send, 1, lambda chunk: replace(chunk, mails=tuple(mail.with_fact(told) for mail in chunk.mails)), now)
    page = f"{SENDS}/{send}/recipients"
    rows = school.get(page, state="bounced").json_body["items"]
    assert [each["detail"] for each in rows] == [HOSTILE] * len(changed.mails)
    assert {each["detail"] for each in school.get(page, state="skipped").json_body["items"]} <= {None}
    text = school.page(f"{SENDS}/{send}").body.decode()
    assert "550 &lt;script&gt;" in text
    assert "<script>alert" not in text
    assert school.get(f"{page}/download", format="csv").status_code == 303
    bucket = school.system.environment["EXPORTS_BUCKET"]
    key = wiring.client("s3").list_objects_v2(Bucket=bucket)["Contents"][0]["Key"]
    data = wiring.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(data)))
    assert [line["Mail server said"] for line in lines if line["State"] == "bounced"] == [HOSTILE] * len(changed.mails)
