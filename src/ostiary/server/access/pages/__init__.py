"""Who has what, as pages: accounts, entitlements, and why somebody holds something."""

from ostiary.server.access.pages.accounts import router as accounts_router
from ostiary.server.access.pages.entitlement_settings import router as settings_router
from ostiary.server.access.pages.entitlements import router as entitlements_router
from ostiary.server.access.pages.explaining import router as explaining_router
from ostiary.server.access.pages.feed import router as feed_router
from ostiary.server.access.pages.finding import FINDERS as FINDERS
from ostiary.server.access.pages.resources import router as resources_router

ROUTERS = (
    accounts_router,
    entitlements_router,
    explaining_router,
    resources_router,
    feed_router,
    settings_router,
)
