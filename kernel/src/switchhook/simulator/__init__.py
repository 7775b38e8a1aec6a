"""The other port: a caller made of a script and a clock that moves as fast as it is read."""
