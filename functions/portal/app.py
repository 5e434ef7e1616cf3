"""The portal's Chalice app: all of its routes."""

from portal import account, assets, codes, forgot_password, health, schools, set_password, sign_in
from web.doors import new_app

app = new_app(
    "portal",
    health.routes,
    assets.routes,
    schools.routes,
    sign_in.routes,
    forgot_password.routes,
    set_password.routes,
    codes.routes,
    account.routes,
)
