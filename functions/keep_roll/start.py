"""Lambda's entry of keep_roll."""

from start.ready import ready

handle = ready("keep_roll", "keep_roll.handler:handle", services=("dynamodb", "s3"))
