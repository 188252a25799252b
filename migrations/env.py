"""Alembic's entry: runs inside the transaction that ``verifier.store.upgrade`` opened, never on its own."""

from alembic import context

from verifier.store.tables import is_ours, metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("run `verifier db upgrade`; alembic alone does not know the database")

context.configure(
    connection=connection,
    target_metadata=metadata,
    include_name=is_ours,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
