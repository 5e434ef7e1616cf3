"""The portal's Chalice app: all of its routes."""

from portal import assets, codes, device_language, files, guide, health, install, schools
from portal.account import (
    account,
    children,
    confirm,
    devices,
    email,
    language,
    parent_code,
    parent_invitations,
    parents,
    password,
    second_factors,
    sessions,
)
from portal.addresses import confirm_address
from portal.invitations import join
from portal.password_links import forgot_password, set_password
from portal.sign_in import passkey, second_step, sign_in
from web.app import new_app

app = new_app(
    "portal",
    health.routes,
    assets.routes,
    files.routes,
    install.routes,
    guide.routes,
    device_language.routes,
    schools.routes,
    sign_in.routes,
    second_step.routes,
    passkey.routes,
    forgot_password.routes,
    set_password.routes,
    join.routes,
    confirm_address.routes,
    codes.routes,
    account.routes,
    email.routes,
    devices.routes,
    confirm.routes,
    children.routes,
    password.routes,
    sessions.routes,
    language.routes,
    second_factors.routes,
    parent_code.routes,
    parent_invitations.routes,
    parents.routes,
)
