"""Lambda's entry of mail_feedback."""

from start.ready import ready

handle = ready("mail_feedback", "mail_feedback.handler:handle", services=("dynamodb", "kms", "sqs"))
