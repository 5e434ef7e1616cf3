"""Password links: computed, never stored.

A link is a MAC over purpose, school, person, end, credential version and stamp under a key that KMS derives for the school.
It works until it is used, until its end, or until the person's version or stamp moves on; using it sets the password and raises
the version in one transaction, so that two uses at once have one winner. Looking at a link changes nothing.

"Forgot password" and renewing leave all work to the queue, behind the same answer for everybody.

Called by: the portal. The links themselves are made by ``sends``.
Tables: ``directory`` (version), ``credentials`` (hash); KMS key of links.
"""
