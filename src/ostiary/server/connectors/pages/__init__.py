"""Connectors as pages. Where paths clash, literal ones first."""

from fastapi import APIRouter

from ostiary.server.connectors.pages import adding, listing

PAGES: tuple[APIRouter, ...] = (adding.router, listing.router)
