"""What an admin does with one person by hand: correct them, add somebody, sign them out, unlink a parent; and who is an admin.

Every write expects what was read before it was decided (``model/fields.revision``): of two admins at once one is told so and sees
the new state. It stands in one transaction with its audit event, which names fields and never values. Nobody becomes an admin by
a correction, and no admin alone changes another admin's address, username, role or status.

Called by: the console's pages of people and of admins; the operator invites admins by the same rules.
Tables: ``directory`` (people), ``credentials`` (usernames that somebody chose; never a hash), ``sessions``, ``activity`` (audit).
"""
