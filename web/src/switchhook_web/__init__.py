"""The portal in the browser, and its REST API."""
