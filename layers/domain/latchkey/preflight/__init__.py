"""What would stop a school's mail or sign-in tonight, found before tonight, and who can mend it how.

``model`` judges facts: of the site (SES, the sender's DNS, the alarms), which are the same for all schools, and of one school.
The site is looked at by ``look_at_site``, never within an admin's request: every five minutes, and when somebody asks for it.
What was found is kept, and a page reads it. A school's own facts are read when its page is (``look_at_school``).

    schedule, "look again", operate ──▶ look_at_site ──▶ kept ──┐
    the page, ``daily``, operate ──▶ look_at_school ────────────┴──▶ checks: ok, warn, stop ──▶ kept for the first page

What could not be looked at is never "ok": a denied call or a silent DNS is a check that says so.

Called by: the console's page, ``daily``, operate. Tables: ``activity`` (``#PREFLIGHT``, ``<school>#PREFLIGHT``).
"""
