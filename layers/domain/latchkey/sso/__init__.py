"""Single sign-on: a school's own sign-in (Google, Microsoft Entra ID, any OpenID provider, SAML 2) as a way in.

A *connection* is one client registration of one school at one provider, at most four a school. Its facts stand in immutable
versions; which version is in force, and for whom, the school's settings say, and what is guarded there needs a second admin:

    console ── save_connection ──▶ version 3 kept ── settings (second admin where there is one) ──▶ version 3 in force
       │                              secrets: Secrets Manager; console puts and deletes them, federate alone reads them
       └──── check_connection ──▶ federate or saml look at the provider ──▶ findings: what is wrong, and what mends it

What a provider says of somebody, once it is verified, is a *proof* (``model/proof``); only a proof enters:

    federate, saml ── Proof ──▶ enter ──▶ a session, the second step of ours, or a refusal with words

The first time somebody is found inside the school by what the connection matches; from then on by the provider's immutable
subject alone (``model/matching``, ``stores/links``). Nobody is made by signing in unless the school says so for their role.

Called by: console (settings), federate and saml (sign-in), preflight. Tables: ``directory`` (connections, links,
people); ``sessions``; ``activity``: events.
"""
