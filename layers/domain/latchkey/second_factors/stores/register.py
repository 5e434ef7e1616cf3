"""What is kept of second factors."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="second factors",
        table="credentials",
        pk="<school>#P#<person>",
        sk="FACTORS",
        why="To check what its owner shows beside the password",
        kept="until the person removes them or is erased, or the school is deleted",
        seen_by="the person themselves: names and times",
        about="a person",
        erased="deleted",
        hidden=frozenset({"factors", "recovery", "waiting"}),
        attributes={
            "factors": "Each with the name that its owner gave it, when it was added and last used: an app's random salt, or a "
            "passkey's id, public key, counter, and whether it is synced and stands in place of a password",
            "recovery": "Hashes of the recovery codes that are left, from which no code can be computed",
            "revision": "How often this has changed",
            "waiting": "What is being added, for ten minutes",
        },
    ),
    Kind(
        name="challenge",
        table="credentials",
        pk="<school>#C#<hash>",
        sk="CHALLENGE",
        why="So that what a passkey signs can be used once",
        kept="for an hour at most; it counts for five minutes",
        seen_by="nobody",
        attributes={
            "bound_to": "Hash of the session or the sign-in that it was made for",
            "used_at": "When it was used: it counts no more",
            "until": "Until when it counts",
        },
    ),
)
