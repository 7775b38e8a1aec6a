"""The store: engine, tables, migrations, and what is kept in them.

Nothing is imported here: SQLAlchemy takes a second to import, which a command
that needs no store must not pay.
"""
