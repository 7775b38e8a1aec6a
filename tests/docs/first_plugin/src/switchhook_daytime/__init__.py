"""Opening hours for Switchhook."""
