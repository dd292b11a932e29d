"""`ostiary demo`: a simulated tenant, a server and three answers, with every step checked."""

from ostiary.cli.demo.command import demo as demo
