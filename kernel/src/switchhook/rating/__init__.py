"""What calls cost and what they pay: price lists, and the one way from a call and a list to an amount."""
