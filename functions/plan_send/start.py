"""Lambda's entry of plan_send."""

from start.ready import ready

handle = ready("plan_send", "plan_send.handler:handle", services=("dynamodb", "kms", "sqs"))
