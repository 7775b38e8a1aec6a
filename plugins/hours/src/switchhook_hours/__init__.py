"""When callers reach whom: opening hours, holidays and switches."""
