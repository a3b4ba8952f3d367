"""Seeded instances in families that differ in what is short; byte-identical whatever the versions.

`generate_instance(family, ...)` makes one; `FAMILIES` lists them.
"""

from allocator.instance.generate.build import build_instance, generate_instance
from allocator.instance.generate.families import FAMILIES, Family

__all__ = ["FAMILIES", "Family", "build_instance", "generate_instance"]
