"""What a call is made of: values, and the session through which a flow acts on it."""
