"""Plans to and from JSON files."""

from __future__ import annotations

import os

from allocator.documents import MAX_BYTES, Mistake, dump_document, load_document, parse_document, write_text
from allocator.plan.models import Plan

_INSTANCE = Mistake("offices", "an instance", "a plan; are two files the wrong way round?")


def load_plan(path: str | os.PathLike[str], max_bytes: int = MAX_BYTES) -> Plan:
    """Read a plan file. Raises InputError with every problem in it, each with its path."""
    return load_document(Plan, path, max_bytes, _INSTANCE)


def parse_plan(text: str | bytes) -> Plan:
    """A plan from JSON text. Raises InputError."""
    return parse_document(Plan, text, _INSTANCE)


def dump_plan(plan: Plan) -> str:
    """The JSON text of a plan, one row a line."""
    return dump_document(plan, row_fields=("ingest", "shipments", "cards"))


def save_plan(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Write a plan file, whole or not at all. Raises OutputError."""
    write_text(path, dump_plan(plan))
