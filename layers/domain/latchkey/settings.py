"""What each function needs of its environment: parsed once, failing at the start with all missing names at once.

``template.yaml`` sets exactly these; a test compares the two.
"""

from collections.abc import Mapping
from typing import Final, Literal

FunctionName = Literal[
    "portal",
    "console",
    "plan_send",
    "deliver_links",
    "mail_feedback",
    "read_roster",
    "build_export",
    "operate",
    "daily",
    "keep_roll",
    "federate",
    "saml",
]

NEEDS: Final[Mapping[FunctionName, tuple[str, ...]]] = {
    "portal": (
        "DIRECTORY_TABLE",
        "CREDENTIALS_TABLE",
        "SESSIONS_TABLE",
        "ACTIVITY_TABLE",
        "LINK_KEY",
        "CODE_KEY",
        "LOOKUP_KEY",
        "REQUESTS_QUEUE",
        "ORIGIN",
    ),
    "console": (
        "DIRECTORY_TABLE",
        "CREDENTIALS_TABLE",
        "SESSIONS_TABLE",
        "ACTIVITY_TABLE",
        "LOOKUP_KEY",
        "CODE_KEY",
        "PLAN_QUEUE",
        "REQUESTS_QUEUE",
        "EXPORT_QUEUE",
        "ROSTER_QUEUE",
        "DAILY_QUEUE",
        "EXPORTS_BUCKET",
        "UPLOADS_BUCKET",
        "PAGES_BUCKET",
        "ROLLS_BUCKET",
        "SSO_SECRETS",
        "ORIGIN",
    ),
    "plan_send": (
        "DIRECTORY_TABLE",
        "CREDENTIALS_TABLE",
        "ACTIVITY_TABLE",
        "LOOKUP_KEY",
        "PLAN_QUEUE",
        "DELIVER_QUEUE",
        "URGENT_QUEUE",
        "PAGES_BUCKET",
    ),
    "deliver_links": (
        "DIRECTORY_TABLE",
        "ACTIVITY_TABLE",
        "LINK_KEY",
        "ORIGIN",
        "MAIL_FROM",
        "CONFIGURATION_SET",
        "DELIVER_QUEUE",
        "URGENT_QUEUE",
    ),
    "mail_feedback": ("DIRECTORY_TABLE", "ACTIVITY_TABLE", "LOOKUP_KEY", "DELIVERIES_BUCKET"),
    "read_roster": (
        "DIRECTORY_TABLE",
        "ACTIVITY_TABLE",
        "LOOKUP_KEY",
        "ROSTER_QUEUE",
        "REQUESTS_QUEUE",
        "EXPORT_QUEUE",
        "UPLOADS_BUCKET",
    ),
    "daily": ("DIRECTORY_TABLE", "ACTIVITY_TABLE", "DAILY_QUEUE"),
    "build_export": ("DIRECTORY_TABLE", "ACTIVITY_TABLE", "CODE_KEY", "EXPORT_QUEUE", "EXPORTS_BUCKET", "ROLLS_BUCKET", "ORIGIN"),
    "operate": (
        "DIRECTORY_TABLE",
        "CREDENTIALS_TABLE",
        "SESSIONS_TABLE",
        "ACTIVITY_TABLE",
        "LOOKUP_KEY",
        "PLAN_QUEUE",
        "EXPORTS_BUCKET",
        "UPLOADS_BUCKET",
        "PAGES_BUCKET",
        "ROLLS_BUCKET",
    ),
    "keep_roll": ("DIRECTORY_TABLE", "ACTIVITY_TABLE", "ROLLS_BUCKET"),
    "federate": (
        "DIRECTORY_TABLE",
        "CREDENTIALS_TABLE",
        "SESSIONS_TABLE",
        "ACTIVITY_TABLE",
        "LOOKUP_KEY",
        "ORIGIN",
    ),
    "saml": ("DIRECTORY_TABLE", "CREDENTIALS_TABLE", "SESSIONS_TABLE", "ACTIVITY_TABLE", "LOOKUP_KEY", "ORIGIN"),
}
_SSO: Final = ("FEDERATE_FUNCTION", "SAML_FUNCTION", "SSO_LOCAL_ORIGINS")
OPTIONAL: Final[Mapping[FunctionName, tuple[str, ...]]] = {
    "portal": ("ORIGIN_SECRET", "RP_ID"),
    "deliver_links": ("DELIVER_WORKERS",),
    "federate": ("ORIGIN_SECRET", "RP_ID", "SSO_LOCAL_ORIGINS"),
    "saml": ("ORIGIN_SECRET", "RP_ID", "SSO_LOCAL_ORIGINS"),
    "daily": ("MAIL_FROM", "MAIL_IDENTITY", "CONFIGURATION_SET", "ALARM_TOPIC"),
    "operate": ("MAIL_FROM", "MAIL_IDENTITY", "CONFIGURATION_SET", "ALARM_TOPIC"),
    "console": ("ORIGIN_SECRET", "MAIL_FROM", "MAIL_IDENTITY", "MAIL_FROM_DOMAIN", *_SSO),
}


class MissingSettings(RuntimeError):
    """The environment lacks settings; the message names all of them."""


class Settings:
    """The settings of one function: a name that it did not declare in ``NEEDS`` cannot be read."""

    def __init__(self, function: FunctionName, environment: Mapping[str, str]) -> None:
        missing = [name for name in NEEDS[function] if not environment.get(name)]
        if missing:
            raise MissingSettings(f"{function} lacks {', '.join(missing)}")
        self.function = function
        self._values = {name: environment[name] for name in NEEDS[function]}
        self._values |= {name: environment.get(name, "") for name in OPTIONAL.get(function, ())}

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def get(self, name: str) -> str:
        """The setting, empty where the function has not declared it."""
        return self._values.get(name, "")
