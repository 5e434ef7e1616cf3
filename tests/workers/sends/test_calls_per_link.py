"""How many calls of AWS a link costs, plan and delivery: counted, so it needs no quiet machine (``make bench ARGS=links``)."""

import pytest

from tests.bench.links_run import Run, pages_of


@pytest.fixture(scope="module")
def school() -> list[bytes]:
    return pages_of(20_000)


@pytest.mark.parametrize(("rate", "most"), [(50.0, 0.0596), (200.0, 0.0596), (14.0, 0.12)])
def test_calls_per_link_at_20_000_people(school: list[bytes], rate: float, most: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    run = Run(20_000, school, rate).measure()
    calls = run.aws.calls.total() / 20_000
    assert calls <= most, dict(run.aws.calls)
