"""The mails: each is a module with its words; all share one layout, in HTML and in plain text.

SES puts the variables into ``{{...}}`` and does not escape them, so each comes as plain text and, for HTML, escaped; SES sends
nothing at all where one is missing, so each function gives every variable of its mail. Nothing that somebody typed into a form
stands in a mail (but for settings in mails to admins: ``notices``), no password or code, and nothing is loaded from anywhere: a
school's logo comes inside the mail.
"""
