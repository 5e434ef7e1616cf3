"""What looking at the site takes from outside: a function that may ask the mail service, the alarms and DNS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from latchkey.preflight.stores.alarm_topic import AlarmTopic
    from latchkey.preflight.stores.kept_looks import KeptLooks
    from latchkey.preflight.stores.mail_service import MailService
    from latchkey.settings import Settings
    from latchkey.shared.stores.dns import Dns


class SiteSystem(Protocol):
    """Its stores, settings and clock."""

    def now(self) -> int: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def mail_service(self) -> MailService: ...

    @property
    def alarm_topic(self) -> AlarmTopic: ...

    @property
    def dns(self) -> Dns: ...

    @property
    def kept_looks(self) -> KeptLooks: ...
