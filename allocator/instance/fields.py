"""The kinds of numbers and texts that fields of instances and plans hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictStr,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

MAX_COUNT: Final = 10**12  # far above any population; keeps the sums of any real instance within 64 bits
MAX_MONEY: Final = 10**15
MAX_DECIMALS: Final = 30


class Document(BaseModel):
    """Base of all models: immutable, unknown fields refused, fields by their name in files or in Python."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True
    )


def _to_decimal(value: object) -> Decimal:
    """int, float (its shortest decimal text) and Decimal become Decimal; everything else is refused."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("number_type", "a number")
    return Decimal(repr(value))


def _limit_decimals(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_DECIMALS:
        raise PydanticCustomError("too_many_decimals", "at most 30 decimals")
    return value


def _daily_kind(value: object) -> str:
    return "<per day>" if isinstance(value, list | tuple) else "<every day>"


Exact = Annotated[
    Decimal, BeforeValidator(_to_decimal), AfterValidator(_limit_decimals), Field(allow_inf_nan=False)
]

Count = Annotated[int, Field(strict=True, ge=0, le=MAX_COUNT)]
PositiveCount = Annotated[int, Field(strict=True, ge=1, le=MAX_COUNT)]
Identifier = Annotated[StrictStr, Field(min_length=1)]

Money = Annotated[
    Exact,
    Field(ge=0, le=MAX_MONEY),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": MAX_MONEY}),
]
Factor = Money  # weights and priorities: the same domain, no currency
Share = Annotated[Exact, Field(ge=0, le=1), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]
Latitude = Annotated[
    Exact, Field(ge=-90, le=90), WithJsonSchema({"type": "number", "minimum": -90, "maximum": 90})
]
Longitude = Annotated[
    Exact, Field(ge=-180, le=180), WithJsonSchema({"type": "number", "minimum": -180, "maximum": 180})
]

DailyCount = Annotated[
    Annotated[Count, Tag("<every day>")] | Annotated[tuple[Count, ...], Tag("<per day>")],
    Discriminator(_daily_kind),
]
DailyFlag = Annotated[
    Annotated[StrictBool, Tag("<every day>")] | Annotated[tuple[StrictBool, ...], Tag("<per day>")],
    Discriminator(_daily_kind),
]
