"""Method `decompose`: prices for what offices share, one small problem for each office."""
