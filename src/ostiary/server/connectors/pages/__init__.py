"""Connectors as pages. Where paths clash, literal ones first."""

from fastapi import APIRouter

from ostiary.server.connectors.pages import (
    adding,
    changing,
    configuring,
    configuring_signing_in,
    credentials,
    detail,
    following,
    holding,
    listing,
    scheduling,
    syncs,
    trail,
)
from ostiary.server.connectors.pages.finding import FINDERS as FINDERS

PAGES: tuple[APIRouter, ...] = (
    adding.router,
    configuring.router,
    configuring_signing_in.router,
    listing.router,
    syncs.router,
    holding.router,
    scheduling.router,
    credentials.router,
    changing.router,
    following.router,
    trail.router,
    detail.router,
)
