"""The roll: everybody of a school in list order, with the few facts that lists, numbers and readiness need.

``model/standing`` says of each whether they can log in, and if not why. Whatever is decided about somebody reads the person.

Called by: what counts people or lists them.
Tables: none of its own.
"""
