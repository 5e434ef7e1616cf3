"""The portal's Chalice app: all of its routes."""

from web.app import new_app

app = new_app(
    "portal",
    "health",
    "assets",
    "files",
    "install",
    "guide",
    "device_language",
    "schools",
    "sign_in.sign_in",
    "sign_in.second_step",
    "sign_in.passkey",
    "password_links.forgot_password",
    "password_links.set_password",
    "invitations.join",
    "addresses.confirm_address",
    "codes",
    "account.account",
    "account.email",
    "account.devices",
    "account.confirm",
    "account.children",
    "account.password",
    "account.sessions",
    "account.language",
    "account.second_factors",
    "account.parent_code",
    "account.parent_invitations",
    "account.parents",
)
