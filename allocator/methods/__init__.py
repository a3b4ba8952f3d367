"""From an instance to a plan: policies, the direct solution of the MILP, and what they share."""
