"""Questions asked of plans and instances: what changed, what if, what is it worth, who does better."""

from allocator.analysis.difference import Difference, OfficeDifference, diff
from allocator.analysis.judged import Judged, judge

__all__ = ["Difference", "Judged", "OfficeDifference", "diff", "judge"]
