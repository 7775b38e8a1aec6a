"""Staff call a number of the house and go on from there to any number, by the house's own lines."""
