"""The formulation: an instance as one sparse mixed-integer linear programme, and back to a plan."""
