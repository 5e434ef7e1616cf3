"""What template.yaml says of its CloudFront distribution, as the edge needs it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml

Resources = Mapping[str, Any]
_KIND: Final = "AWS::CloudFront::"
_API: Final = "AWS::Serverless::Api"
_CACHING_DISABLED: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # AWS's own policies are known by their ids
_ALL_BUT_HOST: Final = "b689b0a8-53d0-40ab-baf2-38738e2966ac"
_READ_ONLY: Final = ("GET", "HEAD")
SECRET_HEADER: Final = "x-latchkey-origin"  # noqa: S105 - the name of a header


@dataclass(frozen=True)
class CachePolicy:
    """How long answers are kept, in seconds, and what besides the path tells requests apart."""

    least: float = 0
    usual: float = 0
    most: float = 0
    headers: frozenset[str] = frozenset()
    query: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Header:
    """A header of an answer; ``override`` puts it in place of what the origin said."""

    name: str
    value: str
    override: bool


@dataclass(frozen=True)
class Behavior:
    """What happens to the requests whose path fits a pattern.

    ``forwards_all``: all headers but Host, all cookies and the whole query reach the API; otherwise what the cache policy names.
    ``says_viewer``: our function writes who the visitor is, and which language they read. ``fails_over``: for which statuses of
    the API a copy is asked for. ``asks_with``: headers that the origin gets from CloudFront itself.
    """

    pattern: str
    cache: CachePolicy = field(default_factory=CachePolicy)
    methods: frozenset[str] = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"})
    forwards_all: bool = True
    says_viewer: bool = True
    fails_over: frozenset[int] = frozenset()
    headers: tuple[Header, ...] = ()
    asks_with: tuple[tuple[str, str], ...] = ()

    def fits(self, path: str) -> bool:
        """Whether a path is of this pattern: a star is any text, slashes too, a question mark one sign."""
        pattern = re.escape(self.pattern.removeprefix("/")).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(pattern, path.removeprefix("/"), re.DOTALL) is not None


@dataclass(frozen=True)
class Distribution:
    """The behaviours, the default one last, and how long at least each error is kept.

    ``compress_from``: from how many bytes on API Gateway compresses an answer; None: never. The emulator does not.
    """

    behaviors: tuple[Behavior, ...] = (Behavior("*"),)
    errors: Mapping[int, float] = field(default_factory=dict)
    compress_from: int | None = None

    def behavior(self, path: str) -> Behavior:
        """The first that fits."""
        return next(each for each in self.behaviors if each.fits(path))


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags: the name after the tag stands for what the tag makes."""


_Loader.add_multi_constructor("!", lambda loader, _tag, node: node.value if isinstance(node, yaml.ScalarNode) else None)


def resources(template: Path) -> dict[str, Any]:
    """The template's CloudFront resources and its API, as plain values that JSON can hold."""
    found = yaml.load(template.read_text(encoding="utf-8"), _Loader)["Resources"]  # noqa: S506 - a SafeLoader
    typed = ((name, each) for name, each in found.items() if isinstance(each, dict))  # no loops
    return {name: each for name, each in typed if each["Type"] == _API or each["Type"].startswith(_KIND)}


def distribution(found: Resources) -> Distribution:
    """The distribution among these resources."""
    (config,) = (each["Properties"]["DistributionConfig"] for each in found.values() if each["Type"] == _KIND + "Distribution")
    failovers = {
        group["Id"]: frozenset(group["FailoverCriteria"]["StatusCodes"]["Items"])
        for group in config.get("OriginGroups", {}).get("Items", [])
    }
    origins = {each["Id"]: _asks_with(each) for each in config.get("Origins", [])}
    (api,) = (each["Properties"] for each in found.values() if each["Type"] == _API)
    behaviors = [*config.get("CacheBehaviors", []), {"PathPattern": "*", **config["DefaultCacheBehavior"]}]
    return Distribution(
        tuple(
            replace(_behavior(each, found, failovers), asks_with=origins.get(each["TargetOriginId"], ())) for each in behaviors
        ),
        {each["ErrorCode"]: each["ErrorCachingMinTTL"] for each in config.get("CustomErrorResponses", [])},
        api.get("MinimumCompressionSize"),
    )


def _asks_with(origin: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The headers that CloudFront adds for an origin; the secret is the edge's own."""
    said = ((each["HeaderName"], str(each["HeaderValue"])) for each in origin.get("OriginCustomHeaders", ()))
    return tuple((name, value) for name, value in said if name.lower() != SECRET_HEADER)


def _behavior(said: Mapping[str, Any], found: Resources, failovers: Mapping[str, frozenset[int]]) -> Behavior:
    if said.get("OriginRequestPolicyId") not in {None, _ALL_BUT_HOST}:
        raise ValueError(f"{said['PathPattern']}: the edge does not know this origin request policy")
    return Behavior(
        pattern=said["PathPattern"],
        cache=_cache_policy(said["CachePolicyId"], found),
        methods=frozenset(said.get("AllowedMethods", _READ_ONLY)),
        forwards_all="OriginRequestPolicyId" in said,
        says_viewer="FunctionAssociations" in said,
        fails_over=failovers.get(said["TargetOriginId"], frozenset()),
        headers=_headers(found[said["ResponseHeadersPolicyId"]]["Properties"]["ResponseHeadersPolicyConfig"]),
    )


def _cache_policy(name: str, found: Resources) -> CachePolicy:
    if name == _CACHING_DISABLED:
        return CachePolicy()
    config = found[name]["Properties"]["CachePolicyConfig"]
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]
    if key["CookiesConfig"]["CookieBehavior"] != "none":
        raise ValueError(f"{name}: the edge keeps nothing by cookie")
    return CachePolicy(
        least=config["MinTTL"],
        usual=config["DefaultTTL"],
        most=config["MaxTTL"],
        headers=frozenset(each.lower() for each in key["HeadersConfig"].get("Headers", ())),
        query=frozenset(key["QueryStringsConfig"].get("QueryStrings", ())),
    )


def _headers(config: Mapping[str, Any]) -> tuple[Header, ...]:
    """The headers of a policy, but for HSTS: that is for https, which the edge does not speak."""
    said = config["SecurityHeadersConfig"]
    policy, frame, referrer = said["ContentSecurityPolicy"], said["FrameOptions"], said["ReferrerPolicy"]
    return (
        Header("Content-Security-Policy", policy["ContentSecurityPolicy"], policy["Override"]),
        Header("X-Content-Type-Options", "nosniff", said["ContentTypeOptions"]["Override"]),
        Header("X-Frame-Options", frame["FrameOption"], frame["Override"]),
        Header("Referrer-Policy", referrer["ReferrerPolicy"], referrer["Override"]),
        *(
            Header(each["Header"], each["Value"], each["Override"])
            for each in config.get("CustomHeadersConfig", {}).get("Items", ())
        ),
    )
