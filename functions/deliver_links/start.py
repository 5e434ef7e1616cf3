"""Lambda's entry of deliver_links."""

from start.ready import ready

handle = ready("deliver_links", "deliver_links.handler:handle", services=("dynamodb", "kms", "sesv2", "sqs"))
