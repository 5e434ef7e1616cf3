"""Readiness: who can log in from home tomorrow, and why others cannot; what an admin sees first, and how it was before.

It reads what the packages below offer. Of its own it keeps the figures of each day for two years (how many people of each role
and year group had which code of ``roll.model.standing``; no names), and which week's mail to admins is written.

    the schedule of each morning ── start_day ──▶ a message a school ── keep_figures ──▶ the day's figures

Called by: the console's first page, its figures and files; the function ``daily``.
Tables: ``activity``, items ``#FIGURES`` and ``#WEEKS``.
"""
