"""Put back what was lost, from the tables as they were at one moment (docs/operate.md, Restore).

    four copies of one moment ──▶ checks and a count, which change nothing ──▶ confirmed: what is missing is put back
    (copies.py, under new names)   (rules.py says what comes back, and how)    (put_back.py; nothing is deleted)

`python -m infra.restore`, run again with the same moment, goes on where it stopped. Decision 0032 has the reasons.
"""
