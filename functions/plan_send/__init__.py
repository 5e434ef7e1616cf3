"""Plans sends, and the mails that one person asked for, from the queues plan and requests."""
