"""CloudFront as the template makes it fits the functions' routes and answers, and no log has a path in it."""

import json
import re
import subprocess
from importlib import import_module
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from infra.edge.connection import SECRET_HEADER, VIEWER_HEADER
from infra.edge.distribution import Behavior, distribution, resources
from latchkey.shared.model.languages import LANGUAGES
from tests.support import sam
from web.answer import STATUS, policy
from web.languages import summary

RULES = distribution(resources(sam.ROOT / "template.yaml"))
CONFIG: dict[str, Any] = sam.resources("AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"]
BEHAVIORS = {each.pattern: each for each in RULES.behaviors}
PUBLIC = {"/", "/schools", "/schools/{school}", "/set-password", "/offline"} | {
    f"/schools/{{school}}/{page}" for page in ("sessions", "forgot-password", "redeem")
}


def routes() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in ("portal", "console"):
        found |= {path: set(methods) for path, methods in import_module(f"{name}.app").app.routes.items()}
    return found


def behavior_of(route: str) -> Behavior:
    return RULES.behavior(re.sub(r"\{\w+\}", "a-b", route))


def test_it_is_always_made_with_or_without_a_domain() -> None:
    for name, resource in sam.template()["Resources"].items():
        if resource["Type"].startswith("AWS::CloudFront::"):
            assert "Condition" not in resource, name
    assert CONFIG["Aliases"] == {"Fn::If": ["HasDomain", [{"Ref": "DomainName"}], {"Ref": "AWS::NoValue"}]}
    _, own, default = CONFIG["ViewerCertificate"]["Fn::If"]
    assert own["AcmCertificateArn"] == {"Ref": "CertificateArn"}
    assert default == {"CloudFrontDefaultCertificate": True}


def test_the_api_knows_cloudfront_by_a_header_that_is_never_empty() -> None:
    """Else the API answers beside CloudFront, and whoever asks it writes the address that limits count."""
    (origin,) = (each for each in CONFIG["Origins"] if each["Id"] == "api")
    (header,) = origin["OriginCustomHeaders"]
    assert header["HeaderName"].lower() == SECRET_HEADER
    assert "OriginSecret" in str(header["HeaderValue"])
    assert "Condition" not in sam.template()["Resources"]["OriginSecret"]


def test_a_domain_without_its_certificate_is_refused() -> None:
    rule = sam.template()["Rules"]["ADomainHasACertificate"]
    assert {"DomainName", "CertificateArn"} <= set(re.findall("'Ref': '(\\w+)'", str(rule)))


def test_no_error_is_kept() -> None:
    kept = {400, 403, 404, 405, 414, 500, 501, 502, 503, 504}  # of those that a template may name
    assert RULES.errors == dict.fromkeys(kept, 0)
    assert {status for status in STATUS.values() if status in kept} <= set(RULES.errors)


@pytest.mark.parametrize("route", sorted(routes()))
def test_a_route_is_kept_only_where_its_page_is_public(route: str) -> None:
    found = behavior_of(route)
    if route in PUBLIC:
        assert (found.cache.least, found.cache.usual, found.cache.most) == (0, 0, 60)
        assert found.cache.headers == {"accept", "x-latchkey-language"}
        assert found.says_viewer, "else a visitor says under which language a page is kept"
    elif route.startswith(("/assets/", "/pictures/")):
        assert (found.cache.query, found.forwards_all) == ({"v"}, False)
    elif not route.startswith("/schools/"):
        assert found.cache.most == 0
    assert found.cache.least == 0, "what says no-store is not kept"


def test_browsers_keep_no_page() -> None:
    """The "Back" of a shared computer would bring a form back with what was typed into it."""
    for found in (each for each in RULES.behaviors if each.cache.most == 60):
        (said,) = (header for header in found.headers if header.name == "Cache-Control")
        assert (said.value, said.override) == ("no-store", True), found.pattern


@pytest.mark.parametrize("route", sorted(routes()))
def test_a_route_can_be_asked_in_all_its_ways(route: str) -> None:
    methods = routes()[route]
    found = behavior_of(route)
    assert methods <= found.methods
    if methods - {"GET"}:
        assert found.forwards_all, "cookie, Origin and Content-Type have to get through"
        assert found.says_viewer, "its limits count the visitor's address"


def test_what_pages_read_of_a_query_reaches_them_and_tells_them_apart() -> None:
    read = {"/": {"q"}, "/schools": {"q"}, "/schools/{school}/forgot-password": {"sent"}}
    for route, names in read.items():
        assert names <= behavior_of(route).cache.query, route


def test_who_sees_all_headers_is_told_the_viewer_by_cloudfront() -> None:
    """A visitor could send that header, too; the function writes over it."""
    assert all(each.says_viewer for each in RULES.behaviors if each.forwards_all)
    code = sam.resources("AWS::CloudFront::Function")["SayViewer"]["FunctionCode"]
    assert f'event.request.headers["{VIEWER_HEADER}"] = {{ value: event.viewer.ip }};' in code
    assert "console.log" not in code


SAID = (
    (None, None, ""),
    ("cy", "pl", "ur"),
    ("xx", "pl", "ur"),
    ("", "en", "ur"),
    (None, "cy; x", "pl-PL,pl;q=0.9,en-GB;q=0.8"),
    (None, None, "en-GB,en;q=0.9,cy;q=0.95"),
    (None, None, "de-DE, de;q=0.9, ur;q=0.1, en;q=0.05"),
    (None, None, "UR-Arab-PK"),
    (None, None, "pl;q=0, cy;q=0.001"),
    (None, None, "*, cy;q=2, pl;q=1.0001, ur;q=-1"),
    (None, None, "cy;q=0.5,pl;q=0.5"),
    (None, None, "<script>,cy,'"),
    (None, None, "aa," * 66 + "cy"),
    (None, None, "aa," * 65 + "cy"),
    (None, None, "pl;q=1.000;x=1, zh-Hant-TW"),
)


def test_the_language_in_the_key_of_a_kept_page_is_that_of_the_functions() -> None:
    """The function of CloudFront and our own rules, side by side; Node stands for CloudFront's engine."""
    node = compute_driver_executable()[0]  # Playwright brings its own
    code = sam.resources("AWS::CloudFront::Function")["SayViewer"]["FunctionCode"]
    events = [
        {
            "viewer": {"ip": "192.0.2.1"},
            "request": {
                "querystring": {} if asked is None else {"language": {"value": asked}},
                "cookies": {} if cookie is None else {"__Host-language": {"value": cookie}},
                "headers": {"accept-language": {"value": accept}} if accept else {},
            },
        }
        for asked, cookie, accept in SAID
    ]
    said = "(each) => handler(each).headers['x-latchkey-language'].value"
    script = f"{code}\nconsole.log(JSON.stringify({json.dumps(events)}.map({said})))"
    found = json.loads(subprocess.run([node, "-e", script], capture_output=True, text=True, check=True).stdout)
    assert found == [summary(*each) for each in SAID]
    assert set(found) <= {word + choice for word in LANGUAGES for choice in ("", "!")}


def test_the_function_knows_the_languages() -> None:
    code = sam.resources("AWS::CloudFront::Function")["SayViewer"]["FunctionCode"]
    assert json.loads(re.findall(r"const LANGUAGES = (.*);", code)[0]) == list(LANGUAGES)


def test_only_a_schools_page_fails_over_and_its_copy_has_the_policy_of_a_page() -> None:
    assert [each.pattern for each in RULES.behaviors if each.fails_over] == ["/schools/*"]
    found = behavior_of("/schools/{school}")
    assert found.fails_over == {500, 502, 503, 504}
    assert found.methods == {"GET", "HEAD"}, "CloudFront refuses others where something can fail over"
    said = {header.name: header for header in found.headers}
    assert said["Content-Security-Policy"].value == policy()
    assert not said["Content-Security-Policy"].override


def test_the_same_security_headers_whoever_answers() -> None:
    for policy_ in sam.resources("AWS::CloudFront::ResponseHeadersPolicy").values():
        said = policy_["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        hsts = said["StrictTransportSecurity"]
        headers = import_module("web.answer")._SAFE_HEADERS
        assert headers["Strict-Transport-Security"] == f"max-age={hsts['AccessControlMaxAgeSec']}; includeSubDomains"
        assert headers["X-Frame-Options"] == said["FrameOptions"]["FrameOption"]
        assert headers["Referrer-Policy"] == said["ReferrerPolicy"]["ReferrerPolicy"]


def test_no_log_of_aws_holds_a_path() -> None:
    """A mail program can make a token a part of a path (%23 for #): then whatever logs paths holds it."""
    assert "Logging" not in CONFIG
    kinds = {resource["Type"] for resource in sam.template()["Resources"].values()}
    assert not kinds & {"AWS::CloudFront::RealtimeLogConfig", "AWS::Logs::Delivery", "AWS::Logs::DeliverySource"}
    api = sam.resources("AWS::Serverless::Api")["Api"]
    assert all("LoggingLevel" not in each and not each["DataTraceEnabled"] for each in api["MethodSettings"])
    assert not api.get("TracingEnabled")
    allowed = {"requestId", "requestTime", "httpMethod", "resourcePath", "status", "responseLength", "responseLatency"} | {
        "integrationLatency",
        "error.responseType",
    }
    assert set(re.findall(r"\$context\.([a-zA-Z.]+)", api["AccessLogSetting"]["Format"])) == allowed
    assert not any("LoggingConfiguration" in bucket for bucket in sam.resources("AWS::S3::Bucket").values())


def test_copies_are_read_by_this_distribution_alone() -> None:
    (origin,) = (each for each in CONFIG["Origins"] if each["Id"] == "copies")
    assert origin["OriginAccessControlId"] == {"Fn::GetAtt": ["ReadCopies", "Id"]}
    access = sam.resources("AWS::CloudFront::OriginAccessControl")["ReadCopies"]["OriginAccessControlConfig"]
    assert (access["SigningBehavior"], access["SigningProtocol"]) == ("always", "sigv4")
    policies = sam.resources("AWS::S3::BucketPolicy").values()
    (statements,) = (each["PolicyDocument"]["Statement"] for each in policies if each["Bucket"] == {"Ref": "PagesBucket"})
    (allowed,) = (each for each in statements if each["Effect"] == "Allow")
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Action"] == "s3:GetObject"
    assert sam.target(allowed["Condition"]["StringEquals"]["aws:SourceArn"]) == "AWS::Partition"
    assert "distribution/${Distribution}" in str(allowed["Condition"])


def test_pictures_are_asked_for_as_pictures() -> None:
    """API Gateway makes bytes of what is asked for as one of its binary types, first and alone; browsers ask otherwise."""
    assert sam.resources("AWS::Serverless::Api")["Api"]["BinaryMediaTypes"] == ["image/png"]
    assert RULES.behavior("/pictures/app-180.png").asks_with == (("Accept", "image/png"),)
    assert RULES.behavior("/assets/latchkey.css").asks_with == ()
    secrets = [header for each in CONFIG["Origins"] for header in each.get("OriginCustomHeaders", ())]
    assert sum(each["HeaderName"].lower() == SECRET_HEADER for each in secrets) == 2, "both ask the API"
