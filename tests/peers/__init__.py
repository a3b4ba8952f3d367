"""The peers of the benchmark against us: the same optimum from formulations written apart."""
