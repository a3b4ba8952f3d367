"""Suites: what is wrong with one is told at once, and those of the project are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from allocator.benchmark.contenders import Method, own_method
from allocator.benchmark.runner import runs_of
from allocator.benchmark.suites import load_suites
from allocator.errors import InputError
from allocator.instance.generate import FAMILIES

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_suites_of_the_project() -> None:
    suites = load_suites(BENCHMARKS / "suites.toml")
    assert {"smoke", "families", "headline", "growth", "policies"} <= set(suites)
    for name, suite in suites.items():
        runs = runs_of(name, suite, BENCHMARKS, check=False)
        assert len({run.key for run in runs}) == len(runs)
    families = {run.case.family for run in runs_of("families", suites["families"], BENCHMARKS)}
    assert families == set(FAMILIES)


def test_everything_wrong_is_told(tmp_path: Path) -> None:
    path = tmp_path / "suites.toml"
    path.write_text(
        '[suites.a]\ndescription = ""\ncontenders = ["decompos", "direct:gurobi", "policy:none", "peer:x"]\n'
        'time_limits = [1]\ncases = [{ families = ["quoto"] }]\n'
    )
    with pytest.raises(InputError) as caught:
        load_suites(path)
    assert [problem.path for problem in caught.value.problems] == [
        "suites.a.cases[0].families",
        "suites.a.contenders[0]",
        "suites.a.contenders[1]",
        "suites.a.contenders[2]",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[suites.a",
        "[suites.a]\n",
        '[suites.a]\ndescription = ""\ncontenders = ["auto"]\ntime_limits = [0]\ncases = [{}]\n',
    ],
)
def test_no_suite(tmp_path: Path, text: str) -> None:
    path = tmp_path / "suites.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=r"suites\.toml"):
        load_suites(path)


def test_missing_peer_is_told_with_those_there_are(folder: Path) -> None:
    (folder / "peers" / "there.py").write_text("LIBRARIES = ()\n")
    (folder / "peers" / "interface.py").write_text("")
    suite = load_suites(folder / "suites.toml")["tiny"].model_copy(update={"contenders": ("peer:gone",)})
    with pytest.raises(InputError, match=r"there are peer:there$"):
        runs_of("tiny", suite, folder)


def test_contenders_by_name() -> None:
    assert own_method("direct:ortools/scip") == Method("direct", "ortools", "scip")
    assert own_method("direct:highs") == Method("direct", "highs")
    assert own_method("decompose") == Method("decompose")
    assert own_method("policy:tiers") == Method("policy:tiers")
    assert own_method("peer:any") is None
    assert own_method("folder/any.py") is None
