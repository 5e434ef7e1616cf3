"""That an answer of a provider came to nothing."""

from latchkey.sso.model.provider_errors import Failure


class Failed(Exception):
    """No proof. ``reason``: in a word of ours; ``code``: what the people look up who look after the sign-in, if there is one.

    ``why``: what exactly did not fit. ``account``: which account it was, of an answer that is right and of another tenant
    (``why`` "tenant").
    """

    def __init__(self, reason: Failure, *, code: str = "", why: str = "", account: str = "") -> None:
        super().__init__(reason)
        self.reason: Failure = reason
        self.code, self.why, self.account = code, why, account
