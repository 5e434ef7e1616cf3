"""What every package stands on and what knows no school's rules.

Values: ids, identifiers (addresses and usernames in their one form), look-up keys, sealed cursors, the languages, queue messages.
Stores: one wrapper for each AWS service. ``aws`` makes clients and turns botocore's errors into ours, ``dynamo`` reads and
writes the four tables, ``queues``, ``files``, ``uploads`` and ``keyring`` are SQS, S3 and KMS, ``counters`` limit guessing.

Imports nothing of ours but ``latchkey.errors``; everything else may import it.
"""
