"""Mail: what is to be said to somebody, kept until a mail server took it."""
