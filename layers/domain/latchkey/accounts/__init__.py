"""Everybody looks after their own account: what somebody who is signed in changes about themselves.

``change_password`` takes the current password and a new one: all other sessions end, and the one that asks goes on with a fresh
token. ``my_sessions`` says where somebody is signed in and ends what they do not know. ``choose_language`` is the language of
their pages and mails. ``change_email`` asks for another address, which a link that is mailed there confirms (package
``families``). People who use their school's own sign-in have no password here, and are pointed there.

Called by: the portal's account page.
Tables: ``directory`` (version, language, the address that waits), ``credentials`` (hash), ``sessions``; the queue of requests,
for mails that tell of a new password or ask for the confirmation of an address.
"""
