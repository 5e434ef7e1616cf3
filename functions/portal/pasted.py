"""A code as people paste it: whole lines of a letter, with what stands around it; the domain finds the code in the text."""

from latchkey.codes.model.pasted import LONGEST
from web.request import Request


def pasted_code(request: Request) -> str:
    """What was typed or pasted as the code, on one line."""
    value = request.fields.get("code")
    if isinstance(value, str) and value.strip():
        value = " ".join(value.split())
    request.fields = {**request.fields, "code": value}
    return request.text("code", longest=LONGEST)
