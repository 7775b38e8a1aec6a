"""Calls the portal places by itself: what plugins order, and how each becomes one attempt and no more."""
