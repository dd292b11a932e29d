"""`ostiary demo`: a simulated tenant, two syncs and one answer, with every step checked."""

from ostiary.cli.demo.command import demo as demo
