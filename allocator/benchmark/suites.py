"""What a benchmark runs: suites of cases and contenders, read from a TOML file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from allocator.benchmark.contenders import contender_problems
from allocator.documents import validation_problems
from allocator.errors import InputError, Problem
from allocator.instance.files import save_instance
from allocator.instance.generate import FAMILIES, generate_instance

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class Case:
    """One instance: a file, or what to generate."""

    name: str
    path: Path | None = None
    family: str | None = None
    offices: int | None = None
    days: int = 90
    seed: int = 0

    def file(self, folder: Path) -> Path:
        """The instance's file; a generated one is written into the folder first."""
        if self.path is not None:
            return self.path
        path = folder / f"{self.name}.json"
        if not path.exists():
            assert self.family is not None
            made = generate_instance(self.family, offices=self.offices, days=self.days, seed=self.seed)
            save_instance(made, path)
        return path


class CaseGroup(BaseModel):
    """Cases as the file has them: one instance file, or families x offices x days x seeds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    instance: str | None = None
    families: tuple[str, ...] = ()
    offices: tuple[Count, ...] = ()
    days: tuple[Count, ...] = (90,)
    seeds: tuple[Seed, ...] = (0,)

    @model_validator(mode="after")
    def _one_of_both(self) -> CaseGroup:
        if (self.instance is None) == (not self.families):
            raise ValueError("either `instance`, a file, or `families`")
        return self

    def cases(self, root: Path) -> Iterator[Case]:
        """Every case; files are relative to `root`."""
        if self.instance is not None:
            path = root / self.instance
            yield Case(path.name.removesuffix(".json"), path=path)
            return
        families = tuple(FAMILIES) if self.families == ("all",) else self.families
        for family, offices, days, seed in product(families, self.offices or (None,), self.days, self.seeds):
            size = offices if offices is not None else FAMILIES[family].default_offices
            yield Case(f"{family}-{size}x{days}-{seed}", None, family, offices, days, seed)


class Suite(BaseModel):
    """A named set of runs: every case with every contender, time limit and seed."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    description: str
    contenders: Annotated[tuple[str, ...], Field(min_length=1)]
    time_limits: Annotated[tuple[Positive, ...], Field(min_length=1)]
    seeds: Annotated[tuple[Seed, ...], Field(min_length=1)] = (0,)
    gap: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0001
    """At which our own methods stop; a peer stops where its users would let it."""
    grace: Positive = 30.0
    """Seconds beyond the limit after which a contender is killed."""
    cases: Annotated[tuple[CaseGroup, ...], Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    suites: dict[str, Suite]


def load_suites(path: str | os.PathLike[str]) -> dict[str, Suite]:
    """The suites of a TOML file by name. Raises InputError with every problem in it."""
    source = os.fspath(path)
    try:
        with open(path, "rb") as stream:
            suites = _File.model_validate(tomllib.load(stream)).suites
    except OSError as error:
        raise InputError(
            [Problem("", error.strerror or str(error), "a readable TOML file")], source
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError([Problem("", f"no TOML ({error})", "a TOML file of suites")], source) from None
    except ValidationError as error:
        raise InputError(validation_problems(error), source) from None
    problems = [problem for name, suite in suites.items() for problem in _unknown_names(name, suite)]
    if problems:
        raise InputError(problems, source)
    return suites


def _unknown_names(name: str, suite: Suite) -> Iterator[Problem]:
    """Families and contenders that do not exist."""
    for number, group in enumerate(suite.cases):
        for family in group.families:
            if family not in FAMILIES and group.families != ("all",):
                yield Problem(
                    f"suites.{name}.cases[{number}].families",
                    f'"{family}"',
                    '["all"] or ' + ", ".join(FAMILIES),
                )
    for number, contender in enumerate(suite.contenders):
        yield from contender_problems(contender, f"suites.{name}.contenders[{number}]")
