"""What is kept of looks for what would stop mail or sign-in."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="look at the site",
        table="activity",
        pk="#PREFLIGHT",
        sk="SITE",
        why="Whether mail could go tonight: what the mail service, the sender’s DNS and the alarms said when last asked",
        kept="for ever; there is one, written over every five minutes",
        seen_by="the admins of every school, in words",
        attributes={
            "at": "When it was looked at",
            "sender": "The address that mails come from",
            "identity_name": "What the mail service knows it by",
            "facts": "Quota and state of the account, of the sender and of the configuration set; how many read the alarms",
            "dns": "The sender’s SPF, MX, DMARC and DKIM records",
        },
    ),
    Kind(
        name="look at a school",
        table="activity",
        pk="<school>#PREFLIGHT",
        sk="LOOK",
        why="How the last look at what would stop a school’s mail or sign-in ended, for its first page",
        kept="until the school is deleted",
        seen_by="the school’s admins",
        attributes={
            "at": "When",
            "stops": "Names of the checks that stop something",
            "warns": "Names of the checks that warn",
            "told": "Of which stops the admins were told by mail",
        },
    ),
)
