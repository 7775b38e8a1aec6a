"""Alerts: what people have to know, in one inbox."""
