"""An instance: what is asked. Immutable pydantic models, field for field as in the files."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    StrictBool,
    StrictStr,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from allocator.instance.consistency import find_inconsistencies
from allocator.instance.fields import (
    Count,
    DailyCount,
    DailyFlag,
    Document,
    Factor,
    Identifier,
    Latitude,
    Longitude,
    Money,
    PositiveCount,
    Share,
)

if TYPE_CHECKING:
    from allocator.instance.arrays import InstanceArrays


def _to_date(value: object) -> object:
    """Only a text YYYY-MM-DD or a date: pydantic alone would also read 20170828 or a timestamp."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        if isinstance(value, str) and len(value) == 10:
            return datetime.datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        pass
    raise PydanticCustomError("date_type", "a date, YYYY-MM-DD")


def _error(
    kind: str,
    message: str,
    location: tuple[str | int, ...],
    found: object,
    context: dict[str, Any] | None = None,
) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError(kind, message, context), loc=location, input=found)


def _own_id(data: dict[str, Any]) -> str:
    return str(data.get("id", ""))


def _lane_id(data: dict[str, Any]) -> str:
    return f"{data.get('origin', '')}>{data.get('destination', '')}"


class Expansion(Document):
    """More room in the national database."""

    day: Count
    """First day on which the room can be used."""
    records: Count
    """Room added, records."""


class Storage(Document):
    """Room left in the national database."""

    free: Count
    """Records that still fit on day 0."""
    expansions: tuple[Expansion, ...] = ()
    """Room added later."""


class Stream(Document):
    """A kind of applicant with a queue of its own in every office."""

    id: Identifier
    needs_ingestion: StrictBool = False
    """Whether the record must be ingested before the card can be printed."""
    weight: Factor = Field(default=1, validate_default=True)
    """Factor on all waiting costs of the stream."""


class OverdueTier(Document):
    """An extra price on those who have waited long; tiers add up."""

    after_days: PositiveCount
    """Days since application from which on the tier counts."""
    per_day: Money
    """Currency per record and day."""


class Costs(Document):
    """Prices, in the instance's currency."""

    unprintable_day: Money
    """Per record and day in the unprintable backlog; at least `waiting_day`."""
    waiting_day: Money
    """Per print-ready record and day without a card."""
    overdue: tuple[OverdueTier, ...] = ()
    """Extra prices on long waits."""
    idle_blank_day: Money = Field(default=0, validate_default=True)
    """Per blank on hand at an office at the end of a day."""
    end_days: Money
    """Days for which the queues at the end of the horizon are charged once more."""


class Delivery(Document):
    """Cards that reach a depot from outside, or an office by a trip begun before day 0."""

    day: Count
    """Day of arrival; usable on that day."""
    cards: Count
    """Blank cards."""


class Depot(Document):
    """A store of blanks that serves offices or other depots."""

    id: Identifier
    name: StrictStr = Field(default_factory=_own_id)
    lat: Latitude | None = None
    lon: Longitude | None = None
    stock: Count = 0
    """Blanks on day 0, cards."""
    reserve: Count = 0
    """Blanks never to be dispatched, cards; at most `stock`."""
    deliveries: tuple[Delivery, ...] = ()
    """Blanks from the printers of blanks, or from abroad."""
    max_packs_per_day: Count | None = None
    """Packs dispatched a day; null: no limit."""


class Backlog(Document):
    """Records applied before day 0 and, where ingestion is needed, not ingested."""

    age_days: PositiveCount
    """Days before day 0 on which they applied."""
    records: Count


class Ingested(Document):
    """Records ingested before day 0 that have no card yet."""

    ready_day: Count
    """Day from which on they are print-ready."""
    age_days: PositiveCount
    """Days before day 0 on which they applied."""
    records: Count


class Demand(Document):
    """The queue of one stream at one office."""

    backlog: tuple[Backlog, ...] = ()
    arrivals: DailyCount = 0
    """Applicants, records per day."""
    ingested: tuple[Ingested, ...] = ()
    """Only where the stream needs ingestion."""


class Office(Document):
    """A regional office: queues, a link to the national database, printers, a store of blanks."""

    id: Identifier
    name: StrictStr = Field(default_factory=_own_id)
    province: StrictStr | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    priority: Factor = Field(default=1, validate_default=True)
    """Factor on all waiting costs of the office."""
    blanks: Count = 0
    """Blanks on hand on day 0, cards."""
    max_blanks: Count | None = None
    """Blanks on hand at most at the end of a day on which packs arrive, cards; null: no limit."""
    spoiled_per_thousand: Annotated[int, Field(strict=True, ge=0, le=999)] = 0
    """Of 1000 blanks used, how many are spoiled."""
    ingest_capacity: DailyCount | None = None
    """Records per day that the office's own link takes; null: no limit."""
    print_capacity: DailyCount
    """Cards per day."""
    in_transit: tuple[Delivery, ...] = ()
    """Blanks on their way to the office since before day 0."""
    demand: Mapping[Identifier, Demand] = Field(default_factory=dict)
    """The queues, by stream id."""


class Lane(Document):
    """A way for packs, from a depot or an office to another."""

    origin: Identifier = Field(alias="from")
    """Id of a depot or office."""
    destination: Identifier = Field(alias="to")
    """Id of a depot or office."""
    id: Identifier = Field(default_factory=_lane_id)
    lead_days: Count
    """Days from dispatch to arrival."""
    fixed_cost: Money
    """Currency per trip."""
    cost_per_pack: Money
    """Currency per pack."""
    min_packs: PositiveCount = 1
    """Packs on a trip at least."""
    max_packs: PositiveCount | None = None
    """Packs on a trip at most; null: no limit."""
    open: DailyFlag = True
    """Days on which a trip can start."""


class Target(Document):
    """A promise: this share of all who applied by then has a card by the end of that day."""

    id: StrictStr | None = None
    day: Count
    share: Share
    """Of the applications in scope up to `day`."""
    penalty_per_record: Money
    """Currency per record short of the promise."""
    office: StrictStr | None = None
    """Scope; null: all offices."""
    province: StrictStr | None = None
    """Scope; null: all provinces."""
    stream: StrictStr | None = None
    """Scope; null: all streams."""


class Instance(Document):
    """Everything a plan is made for.

    Raises pydantic.ValidationError when built from values that contradict each other, with every
    contradiction in it; `load_instance` turns that into an InputError.
    """

    schema_version: Literal[1]
    name: Identifier
    description: StrictStr | None = None
    start: Annotated[datetime.date, BeforeValidator(_to_date)]
    """The date of day 0."""
    days: PositiveCount
    """Length of the horizon."""
    currency: StrictStr = "IDR"
    pack_size: PositiveCount
    """Blanks in a pack, cards."""
    processing_days: Count = 0
    """Days from ingestion to print-ready."""
    quota: DailyCount
    """National ingestion slots, records per day; unused slots are lost."""
    storage: Storage | None = None
    """Room in the national database; null: enough."""
    streams: tuple[Stream, ...] = Field(min_length=1)
    costs: Costs
    depots: tuple[Depot, ...]
    offices: tuple[Office, ...] = Field(min_length=1)
    lanes: tuple[Lane, ...]
    targets: tuple[Target, ...] = ()

    @model_validator(mode="wrap")
    @classmethod
    def _check_consistency(cls, data: Any, handler: ModelWrapValidatorHandler[Instance]) -> Instance:
        """Report contradictions between fields together with the faults of single fields."""
        errors: list[InitErrorDetails] = []
        instance: Instance | None = None
        try:
            instance = handler(data)
        except ValidationError as error:
            errors.extend(
                _error(item["type"], item["msg"], item["loc"], item["input"], item.get("ctx"))
                for item in error.errors(include_url=False)
            )
        errors.extend(
            _error("inconsistent", item.expected, item.location, item.found)
            for item in find_inconsistencies(data if instance is None else instance)
        )
        if errors:
            raise ValidationError.from_exception_data(cls.__name__, errors)
        assert instance is not None
        return instance

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Instance:
        """A copy with some fields replaced, unchecked; its arrays are its own."""
        copy = super().model_copy(update=update, deep=deep)
        copy.__dict__.pop("arrays", None)
        return copy

    @cached_property
    def arrays(self) -> InstanceArrays:
        """The instance day by day, as numpy arrays; made once."""
        from allocator.instance.arrays import build_arrays

        return build_arrays(self)
