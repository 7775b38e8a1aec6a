"""Events told to other programs: signed, repeated until they are taken, and logged."""
