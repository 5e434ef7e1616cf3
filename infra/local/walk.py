"""`make deploy ENV=local`: the deploy of docs/deploy.md, step by step, to the local cloud."""

import os
import sys
from pathlib import Path

from infra.deploy import tools
from infra.deploy.checks import check_account
from infra.deploy.findings import tell
from infra.deploy.stack import Stack as CloudFormationStack
from infra.deploy.verify import verify
from infra.deploy.walking import report
from infra.local import deploy
from infra.local.progress import Progress
from infra.local.settings import STACK_NAME, read_settings
from infra.local.stack import Stack


def walk(*, verifying: bool) -> int:
    """Deploy to MiniStack with its edge and inbox, and print what a deploy to AWS prints; or verify what stands there."""
    settings = read_settings(os.environ)
    environment, cloud = deploy.environment(settings), deploy.cloud(settings)
    described = CloudFormationStack(cloud, STACK_NAME, Path(os.devnull))
    if verifying:
        return 0 if tell("local:", verify(described, environment), "Not all is well") else 1
    stack = Stack(settings, Progress())
    template = stack.start_cloud()
    if not tell("Checked first:", [tools.check_sam(), *check_account(cloud, environment)]):
        return 1
    deployed = stack.start_product(template)
    print(report(described, environment, deployed.reported))
    print("`make up` adds the demo schools; `make down` stops it; the data stays.", file=sys.stderr)
    return 0
