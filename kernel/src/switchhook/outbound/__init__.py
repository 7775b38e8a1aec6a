"""Who may be called from here, at what price, and which number is shown: decided once, for every way out."""
