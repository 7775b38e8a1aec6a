"""Who may do what: tenants, and later users, roles and rights."""
