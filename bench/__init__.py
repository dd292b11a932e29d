"""Measures the connector as a program against a simulated tenant in another process.

Everything is counted and timed from outside: requests and resource units by the tenant, seconds
and memory by the operating system.
"""
