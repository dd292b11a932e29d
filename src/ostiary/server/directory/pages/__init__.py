"""The directory as pages: people, where they come from, and whose accounts are whose."""

from ostiary.server.directory.pages.attributes import router as attributes_router
from ostiary.server.directory.pages.domains import router as domains_router
from ostiary.server.directory.pages.matching import router as matching_router
from ostiary.server.directory.pages.orphans import router as orphans_router
from ostiary.server.directory.pages.owning import router as owning_router
from ostiary.server.directory.pages.people import FINDERS as FINDERS
from ostiary.server.directory.pages.people import router as people_router
from ostiary.server.directory.pages.sources import router as sources_router

ROUTERS = (
    matching_router,
    sources_router,
    attributes_router,
    orphans_router,
    owning_router,
    domains_router,
    people_router,
)
"""In this order: `/people/{person_id}` would take the others for people."""
