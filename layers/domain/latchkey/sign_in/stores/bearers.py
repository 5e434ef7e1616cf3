"""Who holds a session's token: the session, its person and its school in one read, for every click asks for all three."""

from latchkey.people.model.person import Person
from latchkey.people.stores.people import is_account, person_from_item, person_key
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

    def get(self, person: str, secret_hash: str) -> tuple[School, Person, Session] | None:
        """The session of this person with this hash, and whose it is, read consistently; None if anything of it is gone.

        All as they are now: what of it still counts is for the caller to say.
        """
        session_at, person_at = session_key(self.school, person, secret_hash), person_key(self.school, person)
        school_at = school_key(self.school)
        read = batch_get(self._client, {self._sessions: [session_at], self._directory: [person_at, school_at]})
        found = {(item["pk"], item["sk"]): item for _, item in read}
        if len(found) < 3 or not is_account(found[person_at]):
            return None
        session = session_from_item(person, found[session_at])
        return school_from_item(found[school_at]), person_from_item(found[person_at]), session
