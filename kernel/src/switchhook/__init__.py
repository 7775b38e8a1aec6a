"""Switchhook: a self-hosted telephony service portal for Asterisk 22."""
