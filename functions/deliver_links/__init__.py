"""Mails the chunks of sends, from the queues deliver and urgent."""
