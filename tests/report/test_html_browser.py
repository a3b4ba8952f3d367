"""The page in a real browser, without a network: it draws itself, and every control does what it says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from allocator.instance.generate import generate_instance
from allocator.instance.models import Instance
from allocator.methods.policies import POLICIES
from allocator.plan.arrays import plan_from_arrays
from allocator.plan.models import Solution
from allocator.report.html import make_page, report_data
from allocator.verdict import verify
from tests.report.test_html_page import NASTY, nasty_instance

webdriver = pytest.importorskip(
    "selenium.webdriver", reason="drives a browser with selenium: pip install '.[browser]'"
)
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")

pytestmark = pytest.mark.skipif(
    BROWSER is None or DRIVER is None, reason="needs chromium and chromedriver on the PATH"
)
_QUIET = (
    "headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking",
    "disable-component-update", "disable-sync", "disable-dev-shm-usage", "window-size=1200,900",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A browser of its own, that keeps what a page complains of."""
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for name in (*_QUIET, f"user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(f"--{name}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.chrome.service.Service(DRIVER)
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report on forty offices."""
    instance = generate_instance("blanks", offices=40, days=30)
    return _write(instance, tmp_path_factory.mktemp("report") / "report.html")


@pytest.fixture
def opened(browser: Any, page: str) -> Any:
    """The browser with a fresh report in it."""
    return _open(browser, page)


def _write(instance: Instance, path: Path, language: str = "en", bound: float | None = 1.0) -> str:
    plan = plan_from_arrays(POLICIES["proportional"].plan(instance), instance, Solution(bound=bound))
    path.write_text(make_page(report_data(instance, plan, verify(instance, plan)), language), "utf-8")
    return path.as_uri()


def _open(browser: Any, address: str) -> Any:
    browser.get_log("browser"), browser.get_log("performance")
    browser.get("about:blank")
    browser.get(address)
    assert browser.execute_script("return document.documentElement.dataset.ready") == "yes"
    return browser


def _texts(browser: Any, selector: str) -> list[str]:
    script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)"
    return list(browser.execute_script(script, selector))


def _send(browser: Any, selector: str, value: str, event: str) -> None:
    browser.execute_script(
        "const one = document.querySelector(arguments[0]); one.value = arguments[1];"
        "one.dispatchEvent(new Event(arguments[2], {bubbles: true}))",
        selector, value, event,
    )  # fmt: skip


def test_it_loads_without_a_request_or_a_complaint(opened: Any, page: str) -> None:
    assert opened.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in opened.get_log("performance")]
    asked = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert page in asked
    assert {address for address in asked if address.startswith(("http", "ws", "ftp"))} == set()
    assert {address for address in asked if address.startswith("file")} == {page}
    for place in ("lacking", "queues", "blanks", "cards", "slots", "binds", "map", "waits", "proof"):
        assert opened.execute_script(f"return document.querySelectorAll('#{place}_chart svg').length") >= 1, (
            place
        )
    assert "NaN" not in opened.execute_script("return document.body.outerHTML")
    assert "undefined" not in opened.execute_script("return document.body.innerText")


def test_the_table_sorts_by_the_column_that_is_chosen(opened: Any) -> None:
    def cards() -> list[int]:
        texts = _texts(opened, "#office_table tbody tr td:nth-child(6)")
        return [int(text.replace(",", "")) for text in texts]

    head = "document.querySelectorAll('#office_table thead button')[5]"
    opened.execute_script(f"{head}.click()")
    assert cards() == sorted(cards(), reverse=True)
    assert opened.execute_script(f"return {head}.parentNode.getAttribute('aria-sort')") == "descending"
    opened.execute_script(f"{head}.click()")
    assert cards() == sorted(cards())
    assert len(set(cards())) > 1


def test_the_table_finds_offices_by_words_and_by_province(opened: Any) -> None:
    names = _texts(opened, "#office_table tbody th")
    assert len(names) == 40
    _send(opened, "#search", names[3].upper(), "input")
    found = _texts(opened, "#office_table tbody th")
    assert names[3] in found
    assert len(found) < 40
    assert _texts(opened, "#found") == [f"{len(found)} of 40 offices"]
    _send(opened, "#search", "", "input")
    province = _texts(opened, "#province option")[1]
    _send(opened, "#province", province, "change")
    assert set(_texts(opened, "#office_table tbody td:nth-child(3)")) == {province}
    _send(opened, "#search", "no such office", "input")
    assert _texts(opened, "#office_table tbody th") == []


def test_the_slider_moves_the_map(opened: Any) -> None:
    first, before = _texts(opened, "#day_text")[0], opened.execute_script("return map_chart.innerHTML")
    from selenium.webdriver.common.keys import Keys

    slider = opened.find_element("id", "day")
    for _ in range(12):
        slider.send_keys(Keys.ARROW_RIGHT)
    assert slider.get_attribute("value") == "12"
    assert _texts(opened, "#day_text")[0] != first
    assert slider.get_attribute("aria-valuetext") == _texts(opened, "#day_text")[0]
    assert opened.execute_script("return map_chart.innerHTML") != before


def test_an_office_opens_by_keyboard_from_the_table_and_closes(opened: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    button = opened.find_element("css selector", "#office_table button.open")
    name = button.text
    button.send_keys(Keys.ENTER)
    assert opened.execute_script("return story.open") is True
    assert _texts(opened, "#story_title")[0].startswith(name)
    assert opened.execute_script("return document.querySelectorAll('#story_body svg.chart').length") == 4
    assert "#office=" in opened.current_url
    opened.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert opened.execute_script("return story.open") is False


def test_an_office_opens_from_the_map_and_by_its_address(opened: Any, page: str) -> None:
    opened.execute_script(
        "document.querySelector('#map_chart .office').dispatchEvent(new MouseEvent('click'))"
    )
    assert opened.execute_script("return story.open") is True
    office = opened.execute_script(
        "return document.querySelector('#office_table button.open').dataset.office"
    )
    _open(opened, f"{page}#office={office}")
    assert f"({office})" in _texts(opened, "#story_title")[0]


def test_a_day_of_the_calendar_shows_its_trips(opened: Any) -> None:
    opened.execute_script("[...document.querySelectorAll('#calendar button:not([disabled])')].at(-1).click()")
    packs = [int(text.replace(",", "")) for text in _texts(opened, "#trips tbody td:nth-child(3)")]
    trips = "1 trip" if len(packs) == 1 else f"{len(packs)} trips"
    assert f"{trips}, {sum(packs)} pack" in _texts(opened, "#trips_title")[0]


def test_a_chart_is_read_with_the_arrow_keys(opened: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    chart = opened.find_element("css selector", "#queues_chart svg.chart")
    chart.send_keys(Keys.ARROW_RIGHT)
    assert "Unprintable backlog" in _texts(opened, "#queues_chart .read")[0]


def test_what_is_said_of_the_proof_stays_true_when_rounded(opened: Any) -> None:
    said = opened.execute_script(
        "return [percent(0.00045157, 'ceil'), percent(0, 'ceil'),"
        "amount(319.66e9, 'floor'), amount(119.01e6, 'ceil')]"
    )
    assert said == ["0.046%", "0%", "319.6 billion", "119.1 million"]


def test_on_a_phone_nothing_is_wider_than_the_screen(browser: Any, page: str) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True},
    )
    try:
        _open(browser, page)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_table_of_the_offices_is_wholly_readable(browser: Any, tmp_path: Path, language: str) -> None:
    address = _write(generate_instance("blanks", offices=40, days=30), tmp_path / "wide.html", language)
    size = {"width": 1200, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        _open(browser, address)
        place = "document.getElementById('office_table').parentElement"
        assert browser.execute_script(f"return {place}.scrollWidth - {place}.clientWidth") <= 0
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("span", [0.3, 0.7, 3.0, 17.0])
def test_degrees_on_the_map_are_true_and_distinct(opened: Any, span: float) -> None:
    labels = opened.execute_script(
        """const [span] = arguments;
        [...D.offices, ...D.depots].forEach((one, n) => {
          one.lon = 104 + span * (n % 3);
          one.lat = span * ((n % 3) - 1);
        });
        drawMap();
        return [...document.querySelectorAll('#map_chart svg.chart > text')].map((one) => one.textContent);
        """,
        span,
    )
    assert len(labels) == len(set(labels))
    assert "0°" in labels
    assert any(label.endswith("N") for label in labels)


def test_labels_of_the_waits_stay_in_the_chart_and_ticks_are_round(opened: Any) -> None:
    ticks = opened.execute_script(
        "THIS.kpis.p90_wait_days = D.waits[0].at(-1); drawWaits();"
        "return [...document.querySelectorAll('#waits_chart .tick')].map((t) => Number(t.textContent))"
    )
    assert ticks[1] in {1, 2, 5, 10, 20, 50, 100, 200}
    assert ticks == [ticks[1] * n for n in range(len(ticks))]
    assert opened.execute_script(
        """const right = (one) => one.getBoundingClientRect().right;
        const chart = document.querySelector('#waits_chart svg');
        return [...chart.querySelectorAll('text.mark')].every((one) => right(one) <= right(chart));
        """
    )


def test_one_of_a_thing_is_no_plural(opened: Any) -> None:
    said = opened.execute_script(
        "return [numbered('trips_number', 1), numbered('packs_number', 0), numbered('packs_arrive', 1)]"
    )
    assert said == ["1 trip", "0 packs", "1 pack arrives"]


def test_on_paper_everything_fits_and_controls_are_gone(browser: Any, page: str) -> None:
    size = {"width": 700, "height": 1000, "deviceScaleFactor": 1, "mobile": False}  # A4 less its margins
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        _open(browser, page)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= 700
        assert browser.execute_script("return document.getElementById('office_table').offsetWidth") <= 700
        assert browser.execute_script("return document.getElementById('search').offsetWidth") == 0
        assert browser.find_element("id", "map_date").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_indonesian(browser: Any, tmp_path: Path) -> None:
    address = _write(generate_instance("blanks", offices=3, days=8), tmp_path / "laporan.html", "id")
    _open(browser, address)
    assert "Ringkasan rencana" in _texts(browser, "h2")
    assert browser.get_log("browser") == []


def test_names_are_shown_and_never_run(browser: Any, tmp_path: Path) -> None:
    _open(browser, _write(nasty_instance(), tmp_path / "nasty.html", bound=None))
    assert _texts(browser, "h1") == [NASTY]
    assert NASTY in _texts(browser, "#office_table tbody th")
    assert browser.execute_script("return document.scripts.length") == 3
    assert browser.get_log("browser") == []


def test_an_instance_with_next_to_nothing_in_it(browser: Any, tmp_path: Path) -> None:
    from tests.tools.instances import tiny_instance

    _open(browser, _write(tiny_instance(), tmp_path / "tiny.html", bound=None))
    assert browser.get_log("browser") == []
    assert "NaN" not in browser.execute_script("return document.body.outerHTML")
