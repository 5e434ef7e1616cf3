"""Lambda's entry of daily."""

from start.ready import ready

handle = ready("daily", "daily.handler:handle", services=("dynamodb", "sqs"))
