"""Alembic's environment: how a database of any age becomes the one that ``schema`` describes."""
