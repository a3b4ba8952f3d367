"""An explanation in sentences that can be read out."""

from __future__ import annotations

from fractions import Fraction

from allocator.explanation import Bottleneck, Charge, Explanation, Extra, OfficeExplanation
from allocator.instance.models import Instance
from allocator.report.wording import Money, clean, count, date_of, plural, share

LABELS = {
    Bottleneck.SLOT: "No slot",
    Bottleneck.STORAGE: "Database full",
    Bottleneck.LINK: "Office link",
    Bottleneck.UNUSED_SLOT: "Slot left unused",
    Bottleneck.PROCESSING: "Processing",
    Bottleneck.BLANK: "No blank",
    Bottleneck.PRINTER: "Printers",
    Bottleneck.UNUSED_PRINTER: "Printer left unused",
    Bottleneck.IDLE_BLANKS: "Idle blanks",
    Bottleneck.FREIGHT: "Freight",
    Bottleneck.TARGETS: "Missed targets",
}
"""For tables."""

_ABOUT = Fraction(1, 100)
"""Prices of whole packs and rounded slots are no better than that."""

_CAUSES = {
    Bottleneck.SLOT: "waiting for ingestion slots, of which the nation has too few",
    Bottleneck.STORAGE: "waiting for room in the national database",
    Bottleneck.LINK: "waiting for the office's own link, which takes too few records a day",
    Bottleneck.UNUSED_SLOT: "waiting though a slot was left unused",
    Bottleneck.PROCESSING: "waiting for ingested records to be processed, which nothing can change",
    Bottleneck.BLANK: "waiting for blanks",
    Bottleneck.PRINTER: "waiting for the office's own printers, which print too few cards a day",
    Bottleneck.UNUSED_PRINTER: "waiting though a blank and a printer were free",
    Bottleneck.IDLE_BLANKS: "blanks that lie idle",
    Bottleneck.FREIGHT: "freight",
    Bottleneck.TARGETS: "penalties for promises not kept",
}
_OF_ALL_OFFICES = {
    Bottleneck.LINK: "waiting for the offices' own links, which take too few records a day",
    Bottleneck.PRINTER: "waiting for the offices' own printers, which print too few cards a day",
}


def span(instance: Instance, first: int, last: int) -> str:
    """As in "4 Sep – 2 Oct", "4 Sep"; with the year where the horizon has more than one."""
    texts = [_date(instance, day) for day in (first, last)]
    return texts[0] if first == last else " – ".join(texts)


def nation_sentences(instance: Instance, explanation: Explanation) -> list[str]:
    """What the plan costs and why."""
    money = Money.fitting(instance.currency, [explanation.cost])
    lines = [f"The plan costs {money.with_unit(explanation.cost)}. Of this:"]
    if not explanation.charges:
        lines = ["The plan costs nothing."]
    lines += [
        _charge(instance, charge, explanation.cost, money, _OF_ALL_OFFICES) for charge in explanation.charges
    ]
    if explanation.national_charges:
        parts = sum((charge.cost for charge in explanation.national_charges), Fraction(0))
        lines.append(
            f"{money.with_unit(parts)} of it is no single office's: freight to depots, and promises "
            "to more than one office."
        )
    if not explanation.prices_known:
        lines.append(
            "The plan keeps no prices of slots and blanks, so what they are worth elsewhere is not known; "
            "method decompose keeps them, once it has had the time to find some."
        )
    return lines


def office_sentences(instance: Instance, explanation: Explanation, office: OfficeExplanation) -> list[str]:
    """Why one office costs what it costs, and why it got no more than it did."""
    name, total = clean(office.name), office.cost
    money = Money.fitting(instance.currency, [total])
    if not office.charges:
        return [f"{name} costs nothing."]
    part = f", {share(float(total / explanation.cost))} of the nation's cost" if explanation.cost else ""
    slots, packs = plural(office.slots, "slot"), plural(office.packs, "pack")
    got = f"It got {slots} and {packs} in {plural(instance.days, 'day')}."
    lines = [f"{name} costs {money.with_unit(total)}{part}. {got} Of its cost:"]
    lines += [_charge(instance, charge, total, money, {}) for charge in office.charges]
    for extra in (office.one_more_slot, office.one_more_pack):
        if extra is not None:
            lines.append(_extra(instance, extra))
    if office.one_more_pack is None and any(c.bottleneck is Bottleneck.BLANK for c in office.charges):
        lines.append("No pack from a depot can reach it on a day on which it lacks a blank.")
    return lines


def _charge(
    instance: Instance, charge: Charge, total: Fraction, money: Money, causes: dict[Bottleneck, str]
) -> str:
    """One bottleneck: its share, what it is, from when to when, and how many people on the worst day."""
    cause = causes.get(charge.bottleneck, _CAUSES[charge.bottleneck])
    first, last = _date(instance, charge.first_day), _date(instance, charge.last_day)
    when = f"on {first}" if first == last else f"from {first} to {last}"
    text = f"{share(float(charge.cost / total))} ({money.with_unit(charge.cost)}) is {cause}, {when}"
    if charge.most_records:
        people = plural(charge.most_records, "person", "people")
        text += f"; {people} on the worst day, {_date(instance, charge.worst_day)}"
    if charge.end and charge.cost:
        text += f"; {share(float(charge.end / charge.cost))} of it is for those still waiting at the end"
    return f"{text}."


def _extra(instance: Instance, extra: Extra) -> str:
    """What one more would save, against what it is worth elsewhere, and who had some."""
    day, slot = _date(instance, extra.day), extra.what == "slot"
    prices = [] if extra.price is None else [extra.price]
    money = Money.fitting(instance.currency, [extra.gain, *prices])
    saves = f"save it {money.with_unit(extra.gain)}"
    if extra.gain < 0:
        saves = f"cost it {money.with_unit(-extra.gain)} more than it saves"
    if slot:
        text = f"One more slot on {day}, a day on which one is missing, would {saves}"
        kept = "a slot that day is worth"
    else:
        origin, sent = clean(extra.depot or ""), _date(instance, extra.dispatch_day or 0)
        text = f"One more pack arriving on {day}, a day on which it lacks blanks, would {saves}"
        kept = f"a pack sent from {origin} on {sent} is worth, with its freight,"
    if extra.price is None:
        verdict = "what it is worth elsewhere, the plan does not say"
    else:
        verdict = f"{kept} {money.with_unit(extra.price)} by the plan's prices, "
        if abs(extra.gain - Fraction(extra.price)) <= _ABOUT * abs(Fraction(extra.price)):
            verdict += "about as much: where it goes makes no difference"
        elif extra.gain < Fraction(extra.price):
            verdict += "so it does more good elsewhere"
        elif slot:
            verdict += "which are estimates; by them it would do more good here"
        else:
            verdict += (
                "which are estimates; by them it would do more good here, and whole packs, least loads or a "
                "full store can be why it did not come"
            )
    return f"{text}; {verdict}. {_shared(instance, extra)}"


def _shared(instance: Instance, extra: Extra) -> str:
    """Who had slots that day, or packs from the depot."""
    unit = "slot" if extra.what == "slot" else "pack"
    own = plural(extra.own, unit) if extra.own else f"no {unit}"
    if unit == "slot":
        place, when = "office", "That day"
    else:
        place, when = (
            "place",
            f"From {clean(extra.depot or '')} on {_date(instance, extra.dispatch_day or 0)}",
        )
    if not extra.others:
        return f"{when} it got {own}, and no other {place} any." if extra.own else f"{when} nobody got any."
    return f"{when} it got {own}, and {plural(extra.other_places, f'other {place}')} {extra.others:,}."


def _date(instance: Instance, day: int) -> str:
    """As in "4 Sep", with the year where the horizon has more than one."""
    date = date_of(instance, day)
    years = instance.start.year != date_of(instance, instance.days - 1).year
    return f"{date.day} {date:%b}" + (f" {date.year}" if years else "")


def people(charge: Charge) -> str:
    """Those kept waiting on the worst day, or a dash where nobody is."""
    return count(charge.most_records or None)
