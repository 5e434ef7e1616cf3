"""The mails, and the mail service.

Each mail is a module of words in ``messages``; ``template`` makes its parts in a language, with the values of every variable.
``mailer`` hands up to fifty mails to SES in one call and says for each what became of it. ``rate`` shares the account's rate
among all workers as slots of time (``model/pace``), so that no second holds more mails than the account may send.

Called by: ``sends`` alone.
Tables: ``activity``, item ``#RATE``.
"""
