"""What tenants pay for beside their calls: the price of each thing, and what was charged."""
