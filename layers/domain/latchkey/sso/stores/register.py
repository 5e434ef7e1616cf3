"""What is kept of single sign-on."""

from typing import Final

from latchkey.shared.stores.register import Kind

REGISTER: Final = (
    Kind(
        name="connection",
        table="directory",
        pk="<school>#SSO",
        sk="CONNECTION#<name>#<version>",
        why="How the school's people sign in at a provider: one client registration, in one version",
        kept="until a newer version is in force, it is removed, or the school is deleted",
        seen_by="the school's admins; everybody: the words on the button and where it leads",
        attributes={
            "name": "Its name in addresses",
            "kind": "Google, Entra, another OpenID provider, or SAML",
            "label": "The words on the button",
            "roles": "Who signs in with it",
            "issuer": "Whose word counts",
            "client_id": "The registration's id at the provider",
            "tenant": "Which of the provider's customers the school is",
            "match_on": "By what somebody is found the first time",
            "match_claim": "Where the provider says it",
            "creates": "Who gets an account by signing in",
            "proves_second_factor": "Whether its second factor counts here",
            "metadata_url": "Where SAML's metadata is read",
            "sign_in_url": "Where SAML's sign-in begins",
            "certificates": "With which SAML's assertions are signed",
            "secret": "Where the client's secret is kept, and when it ends; never the secret",
            "version": "Which version it is",
        },
    ),
    Kind(
        name="account at a provider",
        table="directory",
        pk="<school>#SSOLINK#<key>",
        sk="LINK",
        why="Who comes in with this account of the school's provider, once they have come for the first time",
        kept="until it is unlinked, the person is erased, or the school is deleted",
        seen_by="nobody",
        about="by id",
        erased="deleted",
        attributes={
            "person": "Whose it is",
            "connection": "By which connection it came first",
            "linked_at": "When",
            "pairwise": "What the provider calls it towards this school alone",
        },
    ),
)
