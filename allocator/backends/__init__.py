"""Solver libraries behind one interface; the only place that imports them, and only when used."""

from allocator.backends.duals import dual_bound, dual_bounds, reduced_cost_errors, reduced_costs, usable_duals
from allocator.backends.exact_check import ExactCheck, check_exactly
from allocator.backends.export import write_model
from allocator.backends.feasibility import Verification, verify_vector
from allocator.backends.interface import (
    Backend,
    BackendError,
    BackendMissingError,
    BackendVersion,
    Basis,
    BasisStatus,
    Capabilities,
    Progress,
    SolveOptions,
    SolveResult,
    StopReason,
    UnsupportedError,
    relative_gap,
)
from allocator.backends.read_mps import NamedModel, read_mps
from allocator.backends.registry import BACKENDS, backend_versions, get_backend, usable
from allocator.backends.request import choose_solver
from allocator.backends.worker import left_behind

__all__ = [
    "BACKENDS",
    "Backend",
    "BackendError",
    "BackendMissingError",
    "BackendVersion",
    "Basis",
    "BasisStatus",
    "Capabilities",
    "ExactCheck",
    "NamedModel",
    "Progress",
    "SolveOptions",
    "SolveResult",
    "StopReason",
    "UnsupportedError",
    "Verification",
    "backend_versions",
    "check_exactly",
    "choose_solver",
    "dual_bound",
    "dual_bounds",
    "get_backend",
    "left_behind",
    "read_mps",
    "reduced_cost_errors",
    "reduced_costs",
    "relative_gap",
    "usable",
    "usable_duals",
    "verify_vector",
    "write_model",
]
