"""What the use cases of preflight take from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from latchkey.roll import needs as roll

if TYPE_CHECKING:
    from latchkey.preflight.stores.alarm_topic import AlarmTopic
    from latchkey.preflight.stores.kept_looks import KeptLooks
    from latchkey.preflight.stores.mail_service import MailService
    from latchkey.rosters.stores.rosters import Rosters
    from latchkey.schools.stores.notices import Notices
    from latchkey.schools.stores.schools import Schools
    from latchkey.sends.stores.sends import Sends
    from latchkey.settings import Settings
    from latchkey.shared.stores.dns import Dns


class SiteSystem(Protocol):
    """What looking at the site takes."""

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


class System(roll.System, Protocol):
    """What looking at a school takes, and what the roll takes."""

    @property
    def schools(self) -> Schools: ...

    @property
    def kept_looks(self) -> KeptLooks: ...

    def rosters(self, school: str) -> Rosters: ...

    def sends(self, school: str) -> Sends: ...

    def notices(self, school: str) -> Notices: ...
