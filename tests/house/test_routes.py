"""A route stands in a Chalice app and in the OpenAPI document; the template hands every path on to the app that has it."""

import json
from importlib import import_module

import pytest

from tests.support import sam
from tests.support.openapi import operations

HTTP = sorted(name for name, function in sam.functions().items() if sam.routes(function))


def chalice_routes(name: str) -> set[tuple[str, str]]:
    app = import_module(f"{sam.package(sam.functions()[name])}.app").app
    return {(method, path) for path, methods in app.routes.items() for method in methods}


def openapi_routes() -> set[tuple[str, str]]:
    return {(method.upper(), path) for method, path, _ in operations()}


def handed_to(path: str) -> str:
    """The function to which API Gateway hands a path. A part of a path goes to the resource with that very text if there is one,
    else to a place, else to all the rest; and it never turns back: below a resource without a method it answers 403."""
    resources = {resource: name for name in HTTP for _, resource in sam.routes(sam.functions()[name])}
    known = {tuple(resource.strip("/").split("/")[:depth]) for resource in resources for depth in range(1, 9)}
    at: tuple[str, ...] = ()
    for part in path.strip("/").split("/"):
        below = [each for each in known if each[:-1] == at and len(each) == len(at) + 1]
        fitting = [each for each in below if each[-1] == part] or [
            each for each in below if each[-1] in {"{school}", "{provider}"}
        ]
        if not fitting:
            rest = [each for each in below if each[-1] == "{proxy+}"]
            return resources["/" + "/".join(rest[0])]
        at = fitting[0]
    return resources["/" + "/".join(at)]


@pytest.mark.parametrize("name", HTTP)
def test_a_function_has_its_proxy_resources_and_no_other_route(name: str) -> None:
    """What lies on the way to another function's resource has to be said: API Gateway does not turn back from it."""
    of_provider = "/schools/{school}/sso/{provider}"
    routes = {
        "PortalFunction": {"/", "/{proxy+}", "/schools", "/schools/{school}", "/schools/{school}/{proxy+}"},
        "ConsoleFunction": {"/admin", "/admin/{proxy+}"},
        "SamlFunction": {"/sso/saml", "/sso/saml/{proxy+}"},
        "FederateFunction": {of_provider, of_provider + "/{proxy+}", "/sso/{proxy+}"},
    }[name]
    assert sam.routes(sam.functions()[name]) == {("ANY", route) for route in routes}


@pytest.mark.parametrize("name", HTTP)
def test_every_route_of_an_app_is_handed_to_it(name: str) -> None:
    assert {handed_to(path) for _, path in chalice_routes(name)} == {name}


def test_openapi_document_describes_the_routes_of_the_apps() -> None:
    assert openapi_routes() == {route for name in HTTP for route in chalice_routes(name)}


def test_no_route_stands_in_two_apps() -> None:
    routes = [route for name in HTTP for route in chalice_routes(name)]
    assert len(routes) == len(set(routes))


def test_literals_are_lower_case_and_a_place_is_a_whole_part_of_a_path() -> None:
    """web.routes forgives the case of what people type, and reads a path part by part."""
    for name in HTTP:
        for _, path in chalice_routes(name):
            for part in path.strip("/").split("/"):
                assert part == part.lower()
                assert "{" not in part or (part.startswith("{") and part.endswith("}")), path


def test_lambdas_policy_of_a_function_does_not_grow_with_its_routes() -> None:
    """SAM adds a statement for each event, and Lambda refuses a policy over 20 kB: with an event a route the console's 30 routes
    took 11.9 kB of it, and the portal's 20 took 7.8."""
    for name in HTTP:
        statements = [
            {
                "Sid": f"latchkey-{name}{event}Permissionlive-ABCDEFGHIJKL",
                "Effect": "Allow",
                "Principal": {"Service": "apigateway.amazonaws.com"},
                "Action": "lambda:InvokeFunction",
                "Resource": f"arn:aws:lambda:eu-central-1:123456789012:function:latchkey-{name}-ABCDEFGHIJKL",
                "Condition": {
                    "ArnLike": {
                        "AWS:SourceArn": "arn:aws:execute-api:eu-central-1:123456789012:abcdefghij/*/*"
                        + properties["Properties"]["Path"].replace("{proxy+}", "*")
                    }
                },
            }
            for event, properties in sam.functions()[name]["Events"].items()
            if properties["Type"] == "Api"
        ]
        assert len(json.dumps(statements, separators=(",", ":"))) < 2_500
