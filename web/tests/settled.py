"""When a page is done: its network is never idle, as it listens for news."""

SETTLED = """() => !document.querySelector('.htmx-request') &&
[...document.querySelectorAll("[hx-get][hx-trigger^='load']")].every(one => !one.querySelector('.without-script'))"""
"""True once htmx has loaded what the page fills itself with."""
