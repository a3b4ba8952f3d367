"""Instances to and from JSON files."""

from __future__ import annotations

import os

from allocator.documents import MAX_BYTES, Mistake, dump_document, load_document, parse_document, write_text
from allocator.instance.models import Instance

_PLAN = Mistake("instance", "a plan", "an instance; are two files the wrong way round?")
_ROW_FIELDS = ("streams", "depots", "offices", "lanes", "targets")


def load_instance(path: str | os.PathLike[str], max_bytes: int = MAX_BYTES) -> Instance:
    """Read an instance file. Raises InputError with every problem in it, each with its path."""
    return load_document(Instance, path, max_bytes, _PLAN)


def parse_instance(text: str | bytes) -> Instance:
    """An instance from JSON text. Raises InputError."""
    return parse_document(Instance, text, _PLAN)


def dump_instance(instance: Instance) -> str:
    """The JSON text of an instance: one row a line, fields at their defaults left out."""
    return dump_document(instance, row_fields=_ROW_FIELDS)


def save_instance(instance: Instance, path: str | os.PathLike[str]) -> None:
    """Write an instance file, whole or not at all. Raises OutputError."""
    write_text(path, dump_instance(instance))
