"""Recipients: search and files."""

import pytest

from tests.routes.console.test_sends import SENDS, plan, school  # noqa: F401
from tests.support.console import Console


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_recipients_are_downloaded_through_a_url_that_ends(school: Console, form: str) -> None:  # noqa: F811
    send = plan(school, {"filter": {}})
    wiring = school.system.wiring("console")
    found = wiring.sends("northbridge").get(send)
    assert found is not None
    wiring.sends("northbridge").change(found, {"chunks": 9}, [])
    answer = school.get(f"{SENDS}/{send}/recipients/download", format=form)
    assert answer.status_code == 303
    bucket = school.system.environment["EXPORTS_BUCKET"]
    key = wiring.client("s3").list_objects_v2(Bucket=bucket)["Contents"][0]["Key"]
    data = wiring.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert key.startswith(f"recipients/northbridge/{send}/")
    assert data.startswith(b"PK") if form == "xlsx" else data.count(b"\r\n") == 6
    assert school.get(f"{SENDS}/{send}/recipients/download", format="pdf").status_code == 422
    assert school.get(f"{SENDS}/{send}/recipients", q="no-such-name").json_body["items"] == []
    assert "Download" in school.page(f"{SENDS}/{send}/recipients", q="given").body.decode()
