"""What the tests share: instances, random instances and plans, and two independent judges of plans."""
