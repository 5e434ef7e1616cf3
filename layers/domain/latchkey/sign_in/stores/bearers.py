"""Who holds a session's token: the session, its person and its school in one read, for every click asks for all three."""

from latchkey.people.model.person import Person
from latchkey.people.stores.items import is_account, person_from_item, person_key
from latchkey.schools.model.school import School
from latchkey.schools.stores.schools import school_from_item, school_key
from latchkey.shared.stores.aws import Client
from latchkey.shared.stores.dynamo import Table, batch_get
from latchkey.sign_in.stores.sessions import Session, session_from_item, session_key


class Bearers:
    """Those who hold a session of one school."""

    def __init__(self, client: Client, sessions: Table, directory: Table, school: str) -> None:
        self._client = client
        self._sessions = sessions
        self._directory = directory
        self.school = school

    def get(
        self, person: str, secret_hash: str, beside: str | None = None
    ) -> tuple[School, Person, Session, Person | None] | None:
        """The session of this person with this hash, and whose it is, read consistently; None if anything of it is gone.

        All as they are now: what of it still counts is for the caller to say. ``beside``: somebody of the school who is read in
        the same call, the last of what comes back; None: there is no such person.
        """
        session_at, person_at = session_key(self.school, person, secret_hash), person_key(self.school, person)
        school_at = school_key(self.school)
        other_at = person_key(self.school, beside) if beside is not None else person_at
        read = batch_get(self._client, {self._sessions: [session_at], self._directory: [person_at, school_at, other_at]})
        found = {(item["pk"], item["sk"]): item for _, item in read}
        if not {session_at, person_at, school_at} <= found.keys() or not is_account(found[person_at]):
            return None
        session, item = session_from_item(person, found[session_at]), found.get(other_at)
        other = person_from_item(item) if beside is not None and item is not None and is_account(item) else None
        return school_from_item(found[school_at]), person_from_item(found[person_at]), session, other
