"""SAML 2, as a service provider: only the function ``saml`` loads this, and only here is XML of strangers read.

    form post ── safe_xml ──▶ a tree: bounded, one encoding, no DTD, no comments
                     │
                 envelope ──▶ the response's outside: to which attempt of ours it says it belongs, and whether it is a refusal
                     │            (nothing of it is believed; it says only where to look)
                  signed ────▶ the bytes that a pinned certificate has signed, read again as a document of their own
                     │
                assertion ──▶ from those bytes alone: issuer, audience, recipient, times, attempt
                     │
                attributes ─▶ a ``Proof``

``metadata`` reads a provider's metadata, and takes one provider out of a federation's. ``sso/take_saml_answer.py`` goes this way.
"""
