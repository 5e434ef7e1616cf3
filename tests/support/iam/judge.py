"""The judge: each call that a function makes is decided by its role's statements, and what AWS would deny is kept."""

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from infra.local.calls import Part, UnknownCall, parts
from tests.support import sam
from tests.support.iam import roles
from tests.support.iam.evaluator import Decision, decide
from tests.support.iam.reference import keys_of

Memory = dict[tuple[str, Part], Decision]
_PRODUCT = re.compile(r"/functions/|/layers/domain/latchkey/(?!shared/)\w+/(?!stores/|model/)")


class Judge:
    """One stack's judge. ``names`` are the stack's own names of tables, queues and so on, and the template's for them.

    ``spares`` says of a call that would be denied that it is none of the product's. ``memory`` is what judges of the same names
    and statements have decided before.
    """

    def __init__(
        self,
        names: Mapping[str, str],
        statements: Mapping[str, tuple[roles.Statement, ...]],
        spares: Callable[[], bool] = lambda: False,
        memory: Memory | None = None,
    ) -> None:
        self._names = names
        self._statements = statements
        self._spares = spares
        self.seen: Memory = {} if memory is None else memory
        self.denied: dict[tuple[str, Part], str] = {}

    def call(self, function: str, operation: str, request: Mapping[str, Any]) -> None:
        """One call as the client makes it; the product makes none that the judge does not know."""
        try:
            found = parts(operation, request)
        except UnknownCall:
            if not self._spares():
                raise
            return
        for part in found:
            if self.arn(part.resource) is None:
                continue  # S3's own key asks nothing of a role
            decision = self.decide(function, part)
            if not decision.allowed and not self._spares():
                self.denied[function, part] = self.denial(function, operation, part, decision)

    def decide(self, function: str, part: Part) -> Decision:
        """What AWS would decide."""
        if part.resource.startswith("key-of/") and not self.arn(part.resource):
            return Decision(allowed=True, by="S3's own key, which nobody has to be allowed")
        if (function, part) not in self.seen:
            self.seen[function, part] = decide(self._statements[function], part.action, self.arn(part.resource) or "", keys(part))
        return self.seen[function, part]

    def denial(self, function: str, operation: str, part: Part, decision: Decision) -> str:
        """A denial for people: the call, the role, what IAM looks at, and the statements that are about the action."""
        facts = "".join(
            f"\n    {name} = {', '.join(values)}" for name, values in keys(part).items() if not name.startswith("aws:")
        )
        lines = "".join(f"\n  - {line}" for line in decision.candidates or ("no statement names the action",))
        return f"{operation}: the role of {function} does not allow {part.action} on {self.arn(part.resource)}{facts}{lines}"

    def arn(self, resource: str) -> str | None:
        """The ARN of what a call names; None for the key of a bucket that has none of ours."""
        kind, _, rest = resource.partition("/")
        name, _, more = rest.partition("/")
        logical = self._names.get(name, name)
        match kind:
            case "table" | "bucket":
                return roles.arn(logical) + (f"/{more}" if more else "")
            case "queue" | "key" | "topic" | "function":
                return roles.arn(logical)
            case "key-of":
                return key_of(logical)
            case "secret":  # AWS adds six signs of its own to a secret's name
                return f"arn:aws:secretsmanager:{roles.REGION}:{roles.ACCOUNT}:secret:{rest}-aBcDeF"
            case "identity" | "configuration-set" | "template":
                return f"arn:aws:ses:{roles.REGION}:{roles.ACCOUNT}:{kind}/{logical}"
        return resource


def keys(part: Part) -> dict[str, tuple[str, ...]]:
    """The condition keys that the request of a part carries: those that AWS's reference knows for its action, and no other."""
    given = {
        **dict(part.keys),
        "aws:PrincipalAccount": (roles.ACCOUNT,),
        "aws:ResourceAccount": (roles.ACCOUNT,),
        "aws:SecureTransport": ("true",),
    }
    if "kms:ViaService" in given:
        given["kms:ViaService"] = (f"s3.{roles.REGION}.amazonaws.com",)
    return {name: values for name, values in given.items() if name in keys_of(part.action)}


def key_of(bucket: str) -> str | None:
    """The ARN of the key of ours that a bucket encrypts its files with; None where S3 uses its own."""
    (rule,) = sam.resources("AWS::S3::Bucket")[bucket]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    key = rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID")
    return str(roles.resolve(key, {})) if key else None


def by_the_test_itself() -> bool:
    """Whether a test used a store to put something in place: neither a use case nor a doorway is on the way to this call."""
    frame = sys._getframe()
    while frame:
        if _PRODUCT.search(frame.f_code.co_filename):
            return False
        frame = frame.f_back
    return True


class Watched:
    """A client whose calls a judge sees first; what is signed for a browser to do counts as done."""

    def __init__(self, client: Any, service: str, function: str, judge: Judge) -> None:
        self._client = client
        self._service = service
        self._saw: Callable[[str, Mapping[str, Any]], None] = lambda name, request: judge.call(
            function, f"{service}.{name.title().replace('_', '')}", request
        )

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name.startswith("_") or not callable(found) or name == "get_paginator":
            return found

        def call(*arguments: Any, **request: Any) -> Any:
            if name == "generate_presigned_url":
                self._saw(arguments[0], request["Params"])
            elif name == "generate_presigned_post":
                self._saw("put_object", {"Bucket": arguments[0], "Key": arguments[1]})
            else:
                self._saw(name, request)
            return found(*arguments, **request)

        return call
