"""Questions asked of plans and instances: what changed, what if, what is it worth, who does better."""

from allocator.analysis.difference import Difference, OfficeDifference, diff
from allocator.analysis.edits import edit_instance
from allocator.analysis.judged import Judged, judge, judged
from allocator.analysis.what_if import WhatIf, what_if

__all__ = [
    "Difference",
    "Judged",
    "OfficeDifference",
    "WhatIf",
    "diff",
    "edit_instance",
    "judge",
    "judged",
    "what_if",
]
