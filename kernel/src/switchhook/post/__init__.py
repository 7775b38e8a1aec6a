"""Mail that leaves the portal: kept until it was taken, with what became of it."""
