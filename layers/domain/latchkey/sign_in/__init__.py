"""Sign in, sessions, and the rules and hashes of passwords.

A session is made by a sign-in and ends by signing out, by its end, or when the person's credential version or stamp moves on.
Budgets are spent before anything is looked up (``budgets``), so that known and unknown identifiers cost and answer the same.
Passwords are judged by length and a list of common ones (``blocklist``) and kept as argon2id hashes (``hashing``).

Called by: the portal's sign-in and account pages; the session of every request of portal and console.
Tables: ``credentials``, which only the portal reads; ``sessions``; the person's ``version`` in ``directory``.
"""
