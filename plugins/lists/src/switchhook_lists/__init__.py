"""Lists of callers: who is blocked, who is let through, also of those who suppress their number."""
