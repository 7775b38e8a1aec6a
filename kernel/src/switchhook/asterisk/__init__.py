"""Asterisk on the wire: AGI, AMI and its configuration; the only package that knows panoramisk."""
