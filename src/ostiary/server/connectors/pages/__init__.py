"""Connectors as pages. Where paths clash, literal ones first."""

from fastapi import APIRouter

PAGES: tuple[APIRouter, ...] = ()
