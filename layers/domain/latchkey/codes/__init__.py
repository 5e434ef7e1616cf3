"""PINs, parent codes and codes that are read out: computed from a key of the school, never stored.

A code names its person by a short number and carries a MAC over kind, number and generation. The person's item holds the
generation, the end and the counts. A code works until it is used up (a PIN once, a parent code five times), expired, voided,
dead after ten wrong guesses, or replaced by the next generation. Giving a student a code that still works gives the same code,
but what is read out is new each time.

``check_code`` looks and counts guesses before it compares; ``use_code`` writes everything in one transaction;
``issue_codes`` gives students codes, ``reveal_codes`` shows one student's to an admin. ``read_out_code`` gives anybody but an
admin a code of their own for 15 minutes, to be said on the telephone.

Called by: the portal's redeem page and account page, the console's page of a person, and ``login_details``.
Tables: ``directory`` (state of codes), ``credentials`` (new passwords and usernames); KMS key of codes.
"""
