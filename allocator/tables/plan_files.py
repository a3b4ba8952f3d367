"""Plans to and from folders of CSV files and workbooks, and to Parquet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from allocator.documents import MAX_BYTES, dump_document, format_path, located_problems, parse_document
from allocator.errors import InputError, Problem
from allocator.instance.models import Instance
from allocator.plan import files as json_files
from allocator.plan.arrays import plan_to_arrays
from allocator.plan.models import Plan, Solution
from allocator.tables.formats import format_to_read
from allocator.tables.places import Places
from allocator.tables.plan_layout import PLAN_LAYOUTS, PLAN_SETTINGS, VIEWS
from allocator.tables.plan_views import long_views, plan_views
from allocator.tables.records import Reader
from allocator.tables.sheets import Sheets, Table
from allocator.verdict import Verdict

PlanFormat = Literal["excel", "csv", "parquet"]
_PIECE: Final = 10_000  # characters; in quotes it may be longer, and a cell of Excel takes 32,767
_ROWS: Final = ("ingest", "shipments", "cards")


def load_plan(path: str | os.PathLike[str], max_bytes: int = MAX_BYTES) -> Plan:
    """Read a plan: a JSON file, or a workbook or folder that `export_plan` wrote.

    Raises InputError with every problem in it, each with its place.
    """
    source = Path(path)
    kind = format_to_read(source) if "\0" not in os.fspath(path) else "json"
    if kind == "json":
        return json_files.load_plan(path, max_bytes)
    from allocator.tables.csv_folder import read_csv_folder
    from allocator.tables.excel_read import read_excel

    read = read_csv_folder if kind == "folder" else read_excel
    try:
        return plan_from_sheets(read(source, PLAN_LAYOUTS, max_bytes, tuple(VIEWS)))
    except InputError as error:
        raise InputError(error.problems, os.fspath(path)) from None


def export_plan(instance: Instance, plan: Plan, verdict: Verdict, path: Path, kind: PlanFormat) -> list[str]:
    """Write a plan as tables, whole or not at all; returns their names. Raises OutputError."""
    from allocator.tables.csv_folder import write_csv_folder
    from allocator.tables.excel_write import write_excel
    from allocator.tables.parquet import write_parquet_folder

    arrays = plan_to_arrays(plan, instance)
    guide = _guide(plan)
    text = "\n".join(": ".join(part for part in line if part) for line in guide) + "\n"
    if kind == "parquet":
        tables = long_views(instance, plan, arrays, verdict)
        write_parquet_folder(tables, path, text)
    else:
        tables = [*plan_views(instance, plan, arrays, verdict), *plan_tables(plan)]
        if kind == "csv":
            write_csv_folder(tables, path, text)
        else:
            write_excel(tables, path, guide)
    return [table.name for table in tables]


def plan_tables(plan: Plan) -> list[Table]:
    """The tables that hold the plan itself; nothing is lost."""
    text = dump_document(plan.solution)
    pieces = [text[at : at + _PIECE] for at in range(0, len(text), _PIECE)]
    columns = {name: [column.name for column in layout.columns] for name, layout in PLAN_LAYOUTS.items()}
    return [
        Table(
            "settings",
            columns["settings"],
            [["schema_version", plan.schema_version], ["instance", plan.instance]],
        ),
        Table("ingest", columns["ingest"], [[r.office, r.stream, r.day, r.records] for r in plan.ingest]),
        Table("shipments", columns["shipments"], [[r.lane, r.day, r.packs] for r in plan.shipments]),
        Table("cards", columns["cards"], [[r.office, r.stream, r.day, r.cards] for r in plan.cards]),
        Table("solution", columns["solution"], [[piece] for piece in pieces]),
    ]


def plan_from_sheets(sheets: Sheets) -> Plan:
    """Raises InputError with everything that is wrong."""
    problems = list(sheets.problems)
    reader, places = Reader(sheets, problems, PLAN_LAYOUTS), Places()
    document: dict[str, Any] = {}
    problems.extend(
        Problem(sheets.label.format(name), "", "this sheet, it is required in a plan")
        for name in ("settings", *_ROWS)
        if name not in sheets.by_name
    )
    for setting in reader.settings(PLAN_SETTINGS):
        document[setting.name] = setting.value
        places.set((setting.name,), setting.place)
    for column in PLAN_SETTINGS:
        places.set_default((column.name,), reader.setting_place(column.name))
    for name in _ROWS:
        records = list(reader.records(name))
        document[name] = [record.values for record in records]
        for number, record in enumerate(records):
            places.set_record((name, number), record)
    solution = "".join(record.values.get("json", "") for record in reader.records("solution"))
    if solution:
        try:
            document["solution"] = parse_document(Solution, solution)
        except InputError as error:
            where = sheets.label.format("solution")
            problems.extend(
                Problem(f"{where}, {item.path}", item.found, item.expected) for item in error.problems
            )
    for problem in problems:
        places.told(problem.path)
    try:
        plan = Plan.model_validate(document)
    except ValidationError as error:
        found = [
            (places.find(location) or format_path(location), problem)
            for location, problem in located_problems(error)
        ]
        more = [
            Problem(where, item.found, item.expected) for where, item in found if not places.was_told(where)
        ]
        raise InputError([*problems, *more]) from None
    if problems:
        raise InputError(problems)
    return plan


def _guide(plan: Plan) -> list[tuple[str, str, str]]:
    lines = [
        (f"Plan for {plan.instance}", "", ""),
        ("", "", "Orders and schedules are made from the plan; to change it, solve again."),
        ("", "", "allocator check INSTANCE PATH reads the sheets settings, ingest, shipments and cards."),
        ("", "", ""),
    ]
    lines.extend((name, "", meaning) for name, meaning in VIEWS.items())
    lines.extend((name, "", layout.meaning) for name, layout in PLAN_LAYOUTS.items())
    return lines
