"""What a request shows as a second factor: for the second step of signing in, and wherever somebody is asked again."""

from collections.abc import Sequence
from typing import cast

from latchkey.errors import Invalid
from latchkey.second_factors.show_factor import WAYS, Answer, Shown
from latchkey.shared.model.texts import said
from web.request import Request

_LONGEST = 60


def shown_in(request: Request, ways: Sequence[str]) -> Answer:
    """``{way, code}`` or ``{way: "passkey", credential}``; a form without a way has one field for both kinds of code."""
    from latchkey.second_factors.one_time_codes import is_code

    way, credential = request.text("way", longest=20, required=False), request.fields.get("credential")
    if not way:
        way = "passkey" if credential else "totp" if is_code(request.text("code", longest=_LONGEST)) else "recovery"
    if way not in WAYS:
        raise Invalid(fields={"way": said("This is no way of ours.")})
    if way not in ways:
        raise Invalid(fields={"code": said("This is not one of your ways.")}, code="wrong_factor")
    if way == "passkey":
        return Answer(way="passkey", credential=credential)
    return Answer(way=cast("Shown", way), code=request.text("code", longest=_LONGEST))
