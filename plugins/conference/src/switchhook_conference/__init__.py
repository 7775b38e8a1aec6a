"""Rooms in which callers talk to one another."""
