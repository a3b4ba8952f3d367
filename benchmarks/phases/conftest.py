"""The option that renews the stored ratios."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew",
        action="store_true",
        help="write the ratios of this run to ratios.json instead of judging by them",
    )
