"""The edge keeps what CloudFront keeps, as long as it does: by the template's rules, and by rules that would be a fault."""

import gzip
import io
from collections.abc import Iterator
from typing import Any

import pytest

from infra.edge.cache import Cache, seconds
from infra.edge.distribution import CachePolicy
from tests.support.edge import RULES, STAGE, Copies, Upstream, ask, config, edge, rules, running, seen, site

PUBLIC = "public, max-age=0, s-maxage=60"
PAGE = {"Accept": "text/html"}
ERRORS = (400, 403, 404, 405, 414, 500, 501, 502, 503, 504)
MANAGED_CACHING_OPTIMIZED = {
    "MinTTL": 1,
    "DefaultTTL": 86400,
    "MaxTTL": 31536000,
    "ParametersInCacheKeyAndForwardedToOrigin": {
        "HeadersConfig": {"HeaderBehavior": "none"},
        "CookiesConfig": {"CookieBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    },
}


class Clock:
    """Seconds that tests move."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api() -> Iterator[Upstream]:
    server = Upstream()
    with running(server):
        yield server


def behind(api: Upstream, clock: Clock, found: dict[str, Any] = RULES, **more: Any) -> Any:
    """An edge before the API, with that clock."""
    return edge(site(api.server_port, found=found, cache=Cache(clock), **more))


def bare(found: dict[str, Any]) -> None:
    config(found).pop("CustomErrorResponses")


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 404])
def test_without_a_word_in_the_template_an_admins_error_page_is_everybodys_for_ten_seconds(
    api: Upstream, clock: Clock, status: int
) -> None:
    api.said = (status, "")
    with behind(api, clock, rules(bare)) as port:
        _, hers = ask(port, path="/admin/northbridge", headers={"Cookie": "hers", **PAGE})
        answer, theirs = ask(port, path="/admin/northbridge", headers=PAGE)
        assert (answer.status, theirs) == (status, hers)
        assert "hers" in str(seen(theirs)["cookie"])
        clock.now += 10
        assert ask(port, path="/admin/northbridge")[1] != hers


def test_what_an_error_says_of_keeping_counts_for_some_only(api: Upstream, clock: Clock) -> None:
    """Developer Guide: no-store is heard for 404, 410, 414 and 501; 500, 502, 503 and 504 are kept all the same."""
    with behind(api, clock, rules(bare)) as port:
        for status, kept in (
            (503, True),
            (500, True),
            (404, False),
            (501, False),
            (403, False),
            (400, False),
            (401, False),
            (429, False),
        ):
            api.said = (status, "no-store")
            _, first = ask(port, path=f"/{status}", headers={"X-Who": "1"})
            assert (ask(port, path=f"/{status}", headers={"X-Who": "2"})[1] == first) is kept, status


@pytest.mark.parametrize("status", ERRORS)
@pytest.mark.parametrize(
    "path", ["/admin/northbridge", "/schools", "/schools/a-b", "/schools/a-b/sessions", "/assets/x.js?v=1", "/"]
)
def test_by_the_template_no_error_is_kept_anywhere(api: Upstream, clock: Clock, path: str, status: int) -> None:
    with behind(api, clock) as port:
        for said in ("no-store", ""):
            api.said = (status, said)
            before = len(api.seen)
            for _ in range(2):
                assert ask(port, path=path, headers=PAGE)[0].status == status
            assert len(api.seen) == before + 2


def test_a_public_page_is_kept_a_minute_for_everybody_and_shows_nobodys_cookie(api: Upstream, clock: Clock) -> None:
    api.said = (200, PUBLIC)
    with behind(api, clock) as port:
        for path in ("/", "/schools", "/schools/a-b", "/set-password"):
            _, first = ask(port, path=path, headers={"Cookie": "hers", "Authorization": "Bearer hers", "X-More": "hers", **PAGE})
            assert "hers" not in str(first)
            passed = {"accept", "user-agent", "host", "x-forwarded-for", "x-latchkey-origin", "x-latchkey-language"}
            assert set(seen(first)) == passed
            answer, again = ask(port, path=path, headers=PAGE)
            assert again == first
            assert answer.headers["X-Cache"] == "Hit from the edge"
            assert answer.headers.get_all("Cache-Control") == ["no-store"], "browsers keep nothing of it"
            clock.now += 59
            assert ask(port, path=path, headers=PAGE)[1] == first
            clock.now += 1
            before = len(api.seen)
            ask(port, path=path, headers=PAGE)
            assert len(api.seen) == before + 1


def test_a_page_is_kept_apart_from_the_json_and_from_a_search(api: Upstream, clock: Clock) -> None:
    api.said = (200, PUBLIC)
    with behind(api, clock) as port:
        for path, accept in (("/schools", "text/html"), ("/schools", "application/json"), ("/schools?q=ely", "text/html")):
            ask(port, path=path, headers={"Accept": accept})
        assert len(api.seen) == 3
        ask(port, path="/schools?utm_source=x&q=ely&fbclid=y", headers=PAGE)
        assert len(api.seen) == 3, "what the policy does not name tells nothing apart"
        ask(port, path="/schools?utm_source=x&q=york", headers=PAGE)
        assert api.seen[-1] == f"{STAGE}/schools?q=york", "and reaches nobody"


@pytest.mark.parametrize("said", ["no-store", "private, max-age=60", "no-cache", ""])
def test_what_a_function_does_not_call_public_is_not_kept(api: Upstream, clock: Clock, said: str) -> None:
    api.said = (200, said)
    with behind(api, clock) as port:
        for path in ("/", "/schools/a-b", "/schools/a-b/sessions", "/account", "/admin/a-b"):
            before = len(api.seen)
            for _ in range(2):
                ask(port, path=path, headers=PAGE)
            assert len(api.seen) == before + 2, path


def test_the_console_is_never_kept_whatever_it_says(api: Upstream, clock: Clock) -> None:
    api.said = (200, PUBLIC)
    with behind(api, clock) as port:
        for _ in range(2):
            ask(port, path="/admin/northbridge", headers=PAGE)
        assert len(api.seen) == 2


def test_posts_are_passed_on_whole_and_never_kept(api: Upstream, clock: Clock) -> None:
    api.said = (200, PUBLIC)
    with behind(api, clock) as port:
        for _ in range(2):
            _, body = ask(
                port, "POST", "/schools/a-b/sessions?x=1", body=b"{}", headers={"Cookie": "mine", "Origin": "https://x"}
            )
            assert (seen(body)["cookie"], seen(body)["origin"]) == (["mine"], ["https://x"])
            assert seen(body)["x-latchkey-viewer"] == ["127.0.0.1"]
        assert api.seen == [f"{STAGE}/schools/a-b/sessions?x=1"] * 2
        answer, _ = ask(port, "POST", "/schools/a-b", body=b"{}")
        assert answer.status == 403, "CloudFront lets only GET and HEAD through to what can fail over"


def test_assets_are_told_apart_by_their_fingerprint(api: Upstream, clock: Clock) -> None:
    api.said = (200, "public, max-age=31536000, immutable")
    with behind(api, clock) as port:
        _, old = ask(port, path="/assets/latchkey.css?v=old&utm=x")
        assert api.seen[-1] == f"{STAGE}/assets/latchkey.css?v=old"
        clock.now += 86_400
        assert ask(port, path="/assets/latchkey.css?v=old")[1] == old
        assert ask(port, path="/assets/latchkey.css?v=new")[1] != old


def test_by_awss_own_policy_a_release_would_be_shown_with_the_old_style_sheet(api: Upstream, clock: Clock) -> None:
    def managed(found: dict[str, Any]) -> None:
        found["AssetsPolicy"]["Properties"]["CachePolicyConfig"] = MANAGED_CACHING_OPTIMIZED

    api.said = (200, "public, max-age=60")
    with behind(api, clock, rules(managed)) as port:
        _, old = ask(port, path="/assets/latchkey.css?v=old")
        assert ask(port, path="/assets/latchkey.css?v=new")[1] == old
        assert api.seen == [f"{STAGE}/assets/latchkey.css"], "and the function never sees which one was asked for"


def test_head_is_answered_from_what_is_kept_and_never_the_other_way_round(api: Upstream, clock: Clock) -> None:
    api.said = (200, PUBLIC)
    with behind(api, clock) as port:
        head, nothing = ask(port, "HEAD", "/schools/a-b", headers=PAGE)
        get, page = ask(port, "GET", "/schools/a-b", headers=PAGE)
        again, still_nothing = ask(port, "HEAD", "/schools/a-b", headers=PAGE)
        assert (nothing, still_nothing) == (b"", b"")
        assert int(get.headers["Content-Length"]) == len(page) > 0
        assert head.headers["Content-Type"] == again.headers["Content-Type"] == get.headers["Content-Type"]
        clock.now += 60
        assert ask(port, "GET", "/schools/a-b", headers=PAGE)[1] != b""


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_while_the_api_fails_a_schools_page_is_its_copy(api: Upstream, clock: Clock, status: int) -> None:
    api.said = (status, "no-store")
    copies = Copies({"/schools/a-b": b"<h1>A B</h1>"})
    with behind(api, clock, copies=copies) as port:
        answer, page = ask(port, path="/schools/a-b", headers=PAGE)
        assert (answer.status, page) == (200, b"<h1>A B</h1>")
        assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
        assert ask(port, "HEAD", "/schools/a-b", headers=PAGE)[0].status == 200
        for path in ("/schools/a-b/sessions", "/schools", "/admin/a-b"):
            assert ask(port, path=path, headers=PAGE)[0].status == status
        assert ask(port, path="/schools/nowhere", headers=PAGE)[0].status == 403, "S3's word for what it does not have"
        api.said = (404, "no-store")
        assert ask(port, path="/schools/a-b", headers=PAGE)[0].status == 404, "an answer is an answer"


def test_while_the_api_cannot_be_reached_a_schools_page_is_its_copy(clock: Clock) -> None:
    with edge(site(1, io.StringIO(), copies=Copies({"/schools/a-b": b"copy"}))) as port:
        assert ask(port, path="/schools/a-b", headers=PAGE)[1] == b"copy"
        assert ask(port, path="/account", headers=PAGE)[0].status == 502


@pytest.mark.parametrize(
    ("status", "said", "policy", "kept"),
    [
        (200, "", CachePolicy(0, 5, 60), 5),
        (200, "max-age=10", CachePolicy(0, 5, 60), 10),
        (200, "max-age=10, s-maxage=20", CachePolicy(0, 5, 60), 20),
        (200, "max-age=100", CachePolicy(0, 5, 60), 60),
        (200, "no-store", CachePolicy(2, 5, 60), 2),
        (303, "max-age=10", CachePolicy(0, 0, 60), 10),
        (200, "max-age=10", CachePolicy(), 0),
        (200, "max-age=x", CachePolicy(0, 5, 60), 5),
        (503, "max-age=30", CachePolicy(0, 5, 60), 30),
        (503, "max-age=30", CachePolicy(), 10),
        (403, "max-age=30", CachePolicy(0, 5, 60), 30),
    ],
)
def test_how_long_an_answer_is_kept(status: int, said: str, policy: CachePolicy, kept: float) -> None:
    assert seconds(status, [("Cache-Control", said)], policy, {}) == kept


LONG = {"X-Long": "x" * 1_800}


@pytest.mark.parametrize(
    ("asked", "headers", "is_packed"),
    [
        ("GET /admin/x", {"Accept-Encoding": "gzip, deflate, br", **LONG}, True),
        ("POST /admin/x", {"Accept-Encoding": "br, gzip;q=0.5", **LONG}, True),
        ("GET /admin/x", {"Accept-Encoding": "gzip"}, False),  # too short to be worth it
        ("GET /admin/x", LONG, False),
        ("GET /admin/x", {"Accept-Encoding": "br", **LONG}, False),
        ("GET /admin/picture", {"Accept-Encoding": "gzip", **LONG}, False),
        ("GET /admin/packed", {"Accept-Encoding": "gzip", **LONG}, False),
    ],
)
def test_answers_are_compressed_as_api_gateway_does(
    api: Upstream, clock: Clock, asked: str, headers: dict[str, str], is_packed: bool
) -> None:
    with behind(api, clock) as port:
        answer, body = ask(port, *asked.split(), headers=headers)
    assert (answer.getheader("Content-Encoding") == "gzip") is is_packed
    assert int(answer.getheader("Content-Length") or 0) == len(body)
    told = seen(gzip.decompress(body) if is_packed else body)
    assert told.get("x-long", [""])[0] == headers.get("X-Long", "")
    assert not is_packed or len(body) < 1_000


def test_head_says_the_length_of_what_is_not_compressed(api: Upstream, clock: Clock) -> None:
    with behind(api, clock) as port:
        answer, body = ask(port, "HEAD", "/admin/x", headers={"Accept-Encoding": "gzip", **LONG})
    assert answer.getheader("Content-Encoding") is None
    assert body == b""


def test_an_api_that_does_not_say_from_where_on_compresses_nothing(api: Upstream, clock: Clock) -> None:
    found = rules(lambda each: each["Api"]["Properties"].pop("MinimumCompressionSize"))
    with behind(api, clock, found) as port:
        answer, _ = ask(port, path="/admin/x", headers={"Accept-Encoding": "gzip", **LONG})
    assert answer.getheader("Content-Encoding") is None
