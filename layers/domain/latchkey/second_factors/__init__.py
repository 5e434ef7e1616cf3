"""Second factors: passkeys (WebAuthn), codes of an app (TOTP), and recovery codes for the day when both are lost.

    none ──begin──▶ waiting ──finish──▶ in use ──remove──▶ gone
                       └── 10 minutes, another begin, a wrong passkey: nothing was added

The first may be added right after the current password was given; from then on each change needs one that was shown within 15
minutes in this session: a password alone never makes or takes a second factor. With the first come ten recovery codes,
which are shown once. At sign-in it is a step of its own (``second_step``, see ``sign_in.steps``); a link or a code that sets a
password removes nothing. ``prove_again`` asks a signed-in person once more.

What is kept of a person is one item, and each change of it is conditional on the revision that was read: of two at once, one
counts. It holds public keys, hashes and random salts, nothing that opens anything: an app's secret is computed from a key in KMS.

When an admin has to have one, and who is asked again: ``model.asked``.
Called by: the portal's sign-in and account pages; every request of the console. Table: ``credentials``.
"""
