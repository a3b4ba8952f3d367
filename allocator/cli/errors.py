"""What went wrong, for people and programs, and the exit code that says so.

| code | |
|---|---|
| 0 | done |
| 1 | `check` found violations |
| 2 | bad usage or bad input |
| 3 | a backend is missing or failed, or this program did |
| 4 | the result could not be written |
| 130 | interrupted |
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from allocator.cli.output import complain, emit_json
from allocator.errors import AllocatorError, InputError, OutputError

DONE, VIOLATIONS, BAD_INPUT, FAILED, UNWRITABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130

_MOST_LINES = 100


class BadInputsError(AllocatorError):
    """Several inputs that cannot be used, so that all is told at once."""

    def __init__(self, errors: Sequence[InputError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in errors))


@contextmanager
def answering(*, json_output: bool, debug: bool) -> Iterator[None]:
    """Turn what a command raises into a message and an exit code; with `debug` after the traceback.

    With `--json` the one object on stdout is {"exit_code", "errors": [{"message", ...}]}.
    """
    try:
        yield
    except typer.Exit:
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - this is where every error ends
        code = exit_code(error)
        if debug:
            complain("".join(traceback.format_exception(error)).rstrip())
        complain(_for_people(error, code))
        if json_output:
            try:
                emit_json({"exit_code": code, "errors": records(error)})
            except OutputError as unwritable:
                complain(f"Error: {unwritable}")
                code = UNWRITABLE
        raise typer.Exit(code) from None


def exit_code(error: BaseException) -> int:
    """The exit code for an error."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, InputError | BadInputsError):
        return BAD_INPUT
    if isinstance(error, OutputError):
        return UNWRITABLE
    return FAILED


def records(error: BaseException) -> list[dict[str, Any]]:
    """The error for programs: one record for each problem."""
    if isinstance(error, BadInputsError):
        return [record for part in error.errors for record in records(part)]
    if isinstance(error, InputError):
        return [
            {
                "message": str(problem),
                "file": error.source,
                "path": problem.path,
                "found": problem.found,
                "expected": problem.expected,
            }
            for problem in error.problems
        ]
    return [{"message": _message(error)}]


def _for_people(error: BaseException, code: int) -> str:
    lines = _message(error).split("\n")
    if code == BAD_INPUT and len(lines) > 1:
        shown = lines[:_MOST_LINES]
        if len(lines) > len(shown):
            shown.append(f"... and {len(lines) - len(shown):,} more; --json lists them all.")
        return "\n".join([f"Error: {len(lines):,} problems in the input:", *shown])
    return "\n".join([f"Error: {lines[0]}", *lines[1:]])


def _message(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    if isinstance(error, AllocatorError):
        return str(error)
    if isinstance(error, MemoryError):
        return "this machine has not enough memory for it"
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"{what}\nThis should not happen. Please report it, with what --debug prints."


def usage_error(error: Any, arguments: Sequence[str]) -> int:
    """Tell of a command line that cannot be understood; `error` is click's."""
    message = error.format_message()
    if not message:  # no command at all: the help has been shown
        return BAD_INPUT
    context = getattr(error, "ctx", None)
    complain(f"Error: {message}\nSee: {context.command_path if context else 'allocator'} --help")
    if "--json" in arguments:
        emit_json({"exit_code": BAD_INPUT, "errors": [{"message": message}]})
    return BAD_INPUT


def last_resort(error: BaseException) -> int:
    """For what escapes the commands themselves, such as Ctrl-C while the program loads."""
    code = exit_code(error)
    complain(_for_people(error, code))
    if "--debug" in sys.argv:
        complain("".join(traceback.format_exception(error)).rstrip())
    return code
