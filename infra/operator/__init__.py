"""The operator's commands, the same here and on AWS: make and delete schools, look after admins, keys, links, codes and pages.

Each invokes the stack's OperateFunction by IAM; no URL reaches it. docs/operate.md says what each does and when to use it.

    commands    what can be typed, and what becomes of it
    run         one command to its end, piece by piece
    preflight   what would stop mail or sign-in tonight, printed
    rotate      replacing look-up keys, of one school or of all
    invoke      one call of the function, and when it is made again
    where       which stack: an environment that `make deploy` knows, local, or what the usual credentials mean
"""

from infra.deploy import environment
from infra.operator.commands import main
from infra.operator.events import invite_admin_event, make_school_event
from infra.operator.invoke import operate
from infra.operator.run import publish_pages
from infra.operator.where import environment_session, local_session

__all__ = [
    "environment",
    "environment_session",
    "invite_admin_event",
    "local_session",
    "main",
    "make_school_event",
    "operate",
    "publish_pages",
]
