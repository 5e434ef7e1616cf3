"""The domain that passkeys are made for. With another one every passkey is useless, so a deploy does not change it by the way."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from infra.local.trouble import Trouble

_NOT_KNOWN = "unknown.invalid"
"""The host of a stack that has not been told its address yet: nobody has signed in there."""


def check_passkeys(stands: Mapping[str, Any] | None, parameters: Mapping[str, str]) -> None:
    """Raises Trouble where the next deploy would change the domain of passkeys, or where it cannot be one of the site's.

    ``stands`` is what CloudFormation says of the stack, ``parameters`` those of the next deploy.
    """
    host, chosen = _host(parameters), parameters.get("PasskeyDomain", "")
    if chosen and host not in {chosen, _NOT_KNOWN} and not host.endswith(f".{chosen}"):
        raise Trouble(f"PasskeyDomain is {chosen}, but must be {host} or a domain above it. Nothing was deployed.")
    said = {each["ParameterKey"]: each["ParameterValue"] for each in (stands or {}).get("Parameters", [])}
    if "PasskeyDomain" not in said:  # there is no stack, or one of a release without passkeys
        return
    before, after = said["PasskeyDomain"] or _host(said), chosen or host
    if _NOT_KNOWN in (before, after) or before == after or chosen:
        return
    keep = f'Keep them with PasskeyDomain = "{before}" there. ' if host.endswith(f".{before}") else ""
    raise Trouble(
        f"Passkeys are made for {before}, and this deploy would make that {after}: whoever signs in with a passkey then needs a "
        f'recovery code, or help. {keep}To go on all the same, say PasskeyDomain = "{after}" under [parameters] of the '
        "environment's file (docs/deploy.md, The domain of passkeys). Nothing was deployed."
    )


def _host(parameters: Mapping[str, str]) -> str:
    return parameters.get("DomainName") or urlsplit(parameters.get("Origin", "")).hostname or _NOT_KNOWN
