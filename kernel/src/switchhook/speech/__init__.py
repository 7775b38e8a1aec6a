"""Speech made by programs outside this process, and the arithmetic that fits it to a telephone line."""
