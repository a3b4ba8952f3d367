"""The same model in other libraries, each written as its users would write it."""
