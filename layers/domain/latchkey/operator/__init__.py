"""What the people who run Latchkey do, by IAM only: make a school, invite its admins.

Both can be asked for again: what is there already is left as it is, and an invitation that was lost is sent once more.

Called by: operate, through ``make school``.
Tables: ``directory`` (schools, people), ``activity`` (the invitation's send).
"""
