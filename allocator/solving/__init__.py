"""The front door: an instance in, a checked plan with a proven bound out."""

from allocator.solving.front_door import solve
from allocator.solving.outcome import Outcome, conclude
from allocator.solving.request import (
    DEFAULT_BACKEND,
    DEFAULT_GAP,
    DEFAULT_TIME_LIMIT,
    METHODS,
    Request,
    choose_method,
)
from allocator.solving.warm_start import STARTING_PLAN

__all__ = [
    "DEFAULT_BACKEND",
    "DEFAULT_GAP",
    "DEFAULT_TIME_LIMIT",
    "METHODS",
    "STARTING_PLAN",
    "Outcome",
    "Request",
    "choose_method",
    "conclude",
    "solve",
]
