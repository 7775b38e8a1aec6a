"""Run by Alembic for one plugin's migrations on a connection that is already in a transaction."""

from alembic import context

given = context.config.attributes
context.configure(
    connection=given["connection"],
    version_table=given["version_table"],
    target_metadata=given.get("metadata"),
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
