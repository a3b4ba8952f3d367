"""What is answered: plans, their files and their day-by-day arrays."""
