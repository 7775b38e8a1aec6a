"""A call's way: arrival, number, flow, interpreter, journal; taking up again, and leaving to the fallback."""
