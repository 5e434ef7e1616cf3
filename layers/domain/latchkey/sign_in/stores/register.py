"""What is kept so that people can sign in, and that others cannot."""

from typing import Final

from latchkey.shared.stores.register import Kind

_COUNTED: Final = {"count": "How often within the window", "told": "Whether the alarm about it has been given"}
_TOGETHER: Final = {
    f"{name}:<limit>@<window>": f"How often within one window: {what}"
    for name, what in (
        ("person", "wrong answers of an account's owner"),
        ("person-day", "the same in a day"),
        ("sign-in", "tries of a name"),
        ("sign-in-day", "the same in a day"),
        ("sign-in-from", "tries from an address"),
        *(
            (f"sign-in-pace-{seconds}", f"the same in {seconds} seconds, where a school is guessed at")
            for seconds in (5, 10, 20, 40)
        ),
    )
}

REGISTER: Final = (
    Kind(
        name="password",
        table="credentials",
        pk="<school>#P#<person>",
        sk="PASSWORD",
        why="To check the password when its owner signs in",
        kept="until the person is erased or the school is deleted",
        seen_by="nobody",
        about="by id",
        erased="deleted",
        hidden=frozenset({"hash"}),
        attributes={"hash": "argon2id hash, from which the password cannot be computed", "set_at": "When it was set"},
    ),
    Kind(
        name="username",
        table="credentials",
        pk="<school>#U#<key>",
        sk="USERNAME",
        why="So that of two who choose one username, one gets it",
        kept="until the person is erased or the school is deleted",
        seen_by="nobody",
        about="by id",
        erased="deleted",
        attributes={"person": "The id of the person who chose it"},
    ),
    Kind(
        name="username of a later key",
        table="credentials",
        pk="<school>#U#<key>",
        sk="USERNAME#<epoch>",
        why="The same, after look-up keys were replaced",
        kept="until the person is erased or the school is deleted",
        seen_by="nobody",
        about="by id",
        erased="deleted",
        attributes={"person": "The id of the person who chose it"},
    ),
    Kind(
        name="counter of tries",
        table="credentials",
        pk="<school>#T#<what>#<mac>",
        sk="<window>",
        why="So that passwords, links and codes cannot be guessed: tries by account, address and school",
        kept="until its window is over, at most two days",
        seen_by="nobody",
        attributes={**_COUNTED, **_TOGETHER, "<part>:<limit>": "How often a 256th of the visitors of a school, of its codes"},
    ),
    Kind(
        name="session",
        table="sessions",
        pk="<school>#P#<person>",
        sk="<hash>",
        why="Somebody is signed in on a device",
        kept="until it ends: twelve hours at most",
        seen_by="the school's admins: when it began and was last used",
        about="by id",
        erased="deleted",
        hidden=frozenset({"stamp", "version"}),
        attributes={
            "browser": "In coarse words what it was opened with, such as Chrome on Windows; shown to its owner alone",
            "by": "By which connection to the school's own provider they signed in",
            "created_at": "When they signed in",
            "password_at": "When they last confirmed with their password",
            "proved_at": "When a second factor was last shown",
            "seen_at": "When the session was last used",
            "stamp": "Hash of address, role and status when it began: another one ends it",
            "version": "The version of the password that it was opened with",
            "ways": "What was shown: password, app's code, passkey, recovery code, the school's own sign-in",
        },
    ),
)
