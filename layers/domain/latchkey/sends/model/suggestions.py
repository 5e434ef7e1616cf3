"""What an admin can do next about those whom a send did not reach, by reason. From the send's own counts: no ledger is read."""

from typing import Any, Final

from latchkey.sends.model.mail_states import OPEN
from latchkey.sends.model.send import Send
from latchkey.sends.model.send_actions import REACHED, RETRIED

_SKIPPED: Final = {
    "unconfirmed": ("people have typed an address that nobody has confirmed. Ask them for it again.", "people"),
    "no_address": ("people have no e-mail address. Add addresses by a roster, or give them login details on paper.", "exports"),
    "single_sign_on": ("people use the school's own sign-in. Point them to its page; it has their password.", "settings"),
    "bounced_before": ("people have an address that mail came back from. Correct it by a roster, or use paper.", "exports"),
    "complained_before": ("people have called mail from the school spam. Reach them on paper or through a parent.", "exports"),
}
_REFUSED: Final = {
    "school_filter": "people's mail was refused by a mail filter. Have it mended, then send again to them.",
    "our_fault": "people's mail was refused because this site is not trusted. Have that mended, then send again to them.",
}

_SINGLE: Final = (
    ("people's", "person's"),
    ("people have", "person has"),
    ("people use", "person uses"),
    ("people were", "person was"),
)


def of(send: Send) -> list[dict[str, Any]]:
    """Each with the reason, how many people, a sentence that begins with their number, their state, and where to go next."""
    if send.state in {"queued", "failed"} or not send.chunks:
        return []
    found = [
        _one(reason, send.skips[reason], text, "skipped", next_)
        for reason, (text, next_) in _SKIPPED.items()
        if send.skips.get(reason)
    ]
    if send.changed:
        text = "people have changed since the send was planned, and were sent nothing. Plan them anew with what they are now."
        found.append(_one("changed", send.changed, text, "skipped", "replan"))
    counts = send.counts
    for fault, count in (("school_filter", send.refused.filter), ("our_fault", send.refused.ours)):
        if count:
            found.append(_one(fault, count, _REFUSED[fault], "bounced", "refused"))
    others = counts.get("bounced", 0) - send.refused.filter - send.refused.ours
    if others > 0:
        text = "people's mail came back. Ask a parent for the right address, or give them login details on paper."
        found.append(_one("bounced", others, text, "bounced", "exports"))
    for state in sorted(RETRIED):
        if counts.get(state):
            words = "was not taken by the mail service" if state == "failed" else "would have brought a link that had run out"
            found.append(_one(state, counts[state], f"people's mail {words}. Retry sends to them alone.", state, "retry"))
    reached = sum(counts.get(state, 0) for state in REACHED)
    if reached and not any(counts.get(state) for state in OPEN):
        text = "people's mail has not come back. Send again to those among them who have not set a password."
        found.append(_one("no_password", reached, text, "", "again"))
    return found


def _one(reason: str, count: int, text: str, state: str, next_: str) -> dict[str, Any]:
    if count == 1:
        for many, single in _SINGLE:
            text = text.replace(many, single, 1)
    return {"reason": reason, "count": count, "text": f"{count:,} {text}", "state": state or None, "next": next_}
