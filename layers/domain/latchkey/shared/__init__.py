"""What every package stands on and what knows no school's rules.

Values: ids, identifiers (addresses and usernames in their one form), look-up keys, pages with sealed cursors, the keys of
requests, the languages, queue messages. ``start_run`` starts what an admin asks for: once, and set off. ``await_file``
waits for an upload.
Stores: one wrapper for each AWS service. ``aws`` makes clients and turns botocore's errors into ours, ``dynamo`` reads and
writes the four tables, ``queues``, ``files``, ``uploads`` and ``keyring`` are SQS, S3 and KMS, ``counters`` limit guessing,
``claims`` say which run a request's key has started.

Imports nothing of ours but ``latchkey.errors``; everything else may import it.
"""
