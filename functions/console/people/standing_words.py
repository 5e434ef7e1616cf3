"""Whether one person can log in, in a sentence, and the one button that helps."""

from collections.abc import Mapping
from typing import Any, Final

from latchkey.people.model.standings import GRADES, Code
from latchkey.roll.model.standing_words import WORDS

_HELPS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("locked", "link_unused", "link_expired", "never_sent", "our_fault", "password_unused"), "link"),
    **dict.fromkeys(("code_unused", "code_expired", "no_address", "no_address_parent"), "codes"),
    **dict.fromkeys(("dead_address", "complained", "school_filter", "unconfirmed", "disabled"), "change"),
    "duplicate": "doubles",
}
"""What to do first about a reason; codes are for students, so others get an address."""


def standing_in_words(code: Code | None, role: str, *, can_be_mailed: bool) -> dict[str, Any]:
    """``standing``: the sentence, empty of somebody who has left; ``helps``: link, codes, change, doubles, or nothing."""
    if code is None:
        return {"standing": "", "is_ready": False, "helps": ""}
    words = WORDS[code].short.removeprefix("Ready: ")
    ready = code in GRADES
    helps = _HELPS.get(code, "")
    if (helps == "codes" and role != "student") or (helps == "link" and not can_be_mailed):
        helps = "change"
    sentence = f"{'Can log in' if ready else 'Cannot log in'}: {words[:1].lower()}{words[1:]}."
    return {"standing": sentence, "is_ready": ready, "helps": helps}
