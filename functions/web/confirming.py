"""How a browser confirms that it is still the same person, and then goes on with exactly what it was about to do.

    POST /admin/.../exports {fields} ──▶ 403, a page that asks; the fields stand in its form
    POST /account/confirm {fields, confirm.*} ──▶ wrong: the page again      right: 307 to where the form was going
    POST /admin/.../exports {fields, confirm.*} ──▶ as if it had never been asked

A 307 makes the browser send the same form once more, so nothing that was typed is kept on the way, nothing stands in an address,
and no script is needed. Fields that begin with ``confirm.`` are taken apart when a request is read and reach no other view.
"""

import re
from typing import Any, Final
from urllib.parse import urlencode

from latchkey.errors import Invalid
from latchkey.shared.model.texts import said
from web.request import Request

_THERE: Final = re.compile(
    r"/admin(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+(?:\?[A-Za-z0-9._~=&%+-]*)?|/account/children/[0-9a-z]{16,26}/pin"
    r"|/account/second-factors(?:/[0-9a-z]{16,26}/(?:delete|second-step))?|/account/recovery-codes"
)
"""Addresses of the console, of a child's PIN and of second factors, and nothing else: it must not lead to another site."""
_LONGEST: Final = 2_000


def asked_by(request: Request) -> dict[str, Any]:
    """What the page needs that asks: where the request was going, how, and with which fields."""
    there = request.address + (f"?{urlencode(request.query)}" if request.query else "")
    return {**request.context, "there": there, "method": request.method, "kept": request.fields}


def where(request: Request) -> tuple[str, str]:
    """Where a form goes on that has confirmed, and how; ``Invalid`` for anywhere that asks for none."""
    there, method = request.confirming.get("there", ""), request.confirming.get("method", "")
    if len(there) > _LONGEST or not _THERE.fullmatch(there):
        raise Invalid(said("Go back to the page that you came from, and start again from there."))
    return there, "POST" if method == "POST" else "GET"
