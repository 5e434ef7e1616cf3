"""Lambda's entry of read_roster."""

from start.ready import ready

handle = ready("read_roster", "read_roster.handler:handle", services=("dynamodb", "kms", "s3", "sqs"))
