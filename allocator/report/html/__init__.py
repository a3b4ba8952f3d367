"""A plan as one HTML file that needs no network: `make_page` and the numbers in it.

The way of the data: verdict and curves become plain numbers (`data`, from `lacks`, `nation`, `places`,
`dispatch`, `contenders`); numbers, words of a language and assets become a page (`page`); the page
draws itself.
"""

from allocator.report.html.data import report_data
from allocator.report.html.page import make_page
from allocator.report.html.words import LANGUAGES

__all__ = ["LANGUAGES", "make_page", "report_data"]
