"""`allocator backends`: which solvers are here, and what they can do."""

from __future__ import annotations

import platform
from dataclasses import asdict
from typing import Any

from allocator import __version__
from allocator.cli import errors, output
from allocator.cli.options import Debug, JsonOutput


def backends_command(json_output: JsonOutput = False, debug: Debug = False) -> None:
    """Show what is installed, with versions, and what each solver can do.

    Exit code: 0, also where something is missing.
    """
    with errors.answering(json_output=json_output, debug=debug):
        from allocator.backends import backend_versions
        from allocator.solving import DEFAULT_BACKEND

        found = backend_versions()
        if json_output:
            document: dict[str, Any] = {"allocator": __version__, "python": platform.python_version()}
            document["default"] = DEFAULT_BACKEND
            document["backends"] = [{**asdict(item), "message": item.message or None} for item in found]
            output.emit_json(document)
        else:
            from allocator.report.backends import backend_parts

            output.show(lambda width: backend_parts(found, DEFAULT_BACKEND, width))
