"""What needs somebody's attention: said once, until it is dealt with."""
