"""The hook mechanism: kinds, deadlines, attribution, isolation; pluggy registers, this package calls."""
