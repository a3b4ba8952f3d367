"""Reading an instance of national size, and laying it out by day, takes seconds at most."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from allocator.instance.files import dump_instance, load_instance, parse_instance
from tests.tools.national import national_document

pytestmark = pytest.mark.national


def test_load_time(tmp_path: Path) -> None:
    path = tmp_path / "national.json"
    path.write_text(json.dumps(national_document()))
    start = time.perf_counter()
    instance = load_instance(path)
    loaded = time.perf_counter()
    assert instance.arrays.applied[:, :, -1].sum() > 5_000_000
    done = time.perf_counter()
    assert loaded - start < 4
    assert done - loaded < 2
    assert parse_instance(dump_instance(instance)) == instance
