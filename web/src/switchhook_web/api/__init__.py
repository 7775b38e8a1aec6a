"""The REST API: each operation is declared once, and routes and the OpenAPI document are made from that."""
