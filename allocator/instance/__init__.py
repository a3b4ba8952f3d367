"""What is asked: instances, their files, their day-by-day arrays, and generators of them."""
