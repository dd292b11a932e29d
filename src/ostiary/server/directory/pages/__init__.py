"""The directory as pages: people, where they come from, and whose accounts are whose."""

from ostiary.server.directory.pages.people import FINDERS as FINDERS
from ostiary.server.directory.pages.people import router as people_router

ROUTERS = (people_router,)
"""In this order: `/people/{person_id}` would take the others for people."""
