"""Second factors: an app's codes (TOTP), passkeys, recovery codes; when somebody is asked for one.

Rules of when a school's admins have to have one, and of when somebody confirms again: ``model.asked``.
Called by: the portal's sign-in and account pages; every request of the console.
"""
