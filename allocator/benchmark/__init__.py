"""Benchmarks: contenders in processes of their own, judged by the exact check, kept as JSON Lines.

`suites` says what is to be run, `runner` runs it, `results` keeps it, `tables` and `pictures` show it.
"""
