"""`ostiary c1z`: what is in a .c1z file, who holds what, and why."""

from ostiary.cli.c1z.commands import app as app
