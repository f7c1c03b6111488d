"""SQLite: the only importer of sqlalchemy and alembic inside pos_agent."""
