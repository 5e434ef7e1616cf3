"""What SES tells of mails, from the queue feedback."""
