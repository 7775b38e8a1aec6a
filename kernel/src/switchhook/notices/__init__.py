"""What people have to see on every page of a tenant, as long as it holds."""
