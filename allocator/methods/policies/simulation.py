"""A policy carried out day by day, with the exact state of every queue, store and depot."""

from __future__ import annotations

import time

import numpy as np

from allocator.instance.models import Instance
from allocator.methods.policies.ingestion import allot_slots, print_ready
from allocator.methods.policies.rule import Rule
from allocator.methods.policies.seniority import Seniority
from allocator.methods.policies.shipping import Queues, Shipping
from allocator.methods.policies.stores import Stores
from allocator.plan.arrays import PlanArrays


def simulate(instance: Instance, rule: Rule, deadline: float | None = None) -> PlanArrays:
    """What all policies share, day by day.

    Slots. All that can be used are used, up to quota, storage and links. Within an office the record that
    applied first is ingested first.

    Printing. Every office prints all it can with its printers, print-ready records and blanks; whoever
    applied first is served first, whatever the stream (ties: streams in file order).

    When an office asks for blanks. On a day on which a trip can start to it, if without that trip it would
    run out within 5 days of the arrival of the next trip after it, or at all if there is none. Running out
    means that printers and print-ready records would allow a card and the blanks on hand and under way
    don't; slots and applicants to come are known.

    How many. What it would print in the 25 days after the arrival beyond the blanks on hand and under way,
    rounded to packs, at least one. Less if the lane takes less or the store could not hold it on this or
    another day of arrival, after that day's printing; more up to the lane's least load. No trip is made
    that can't pay: the cards that the load makes possible, each at the most it can save (highest weight,
    all overdue prices, all penalties, until the end days), must be worth the freight and the idle blanks.
    If 25 days of cards don't pay, the need of the rest of the horizon is tried. Where the depot must cut,
    no load is cut below what pays, or below the lane's least; requests that would be are left out.

    From where. From its usual depot: the one with the fewest days, then the lowest price, from a depot
    with blanks of its own. If that is such a source itself, from any source; if it has nothing and nothing
    is coming, from any depot. Also from offices that can lend, which are those with packs that they will
    not use before the end of the horizon. Of several lanes the one that saves most after its price. An
    office that blanks reach only through other offices gets them from the nearest place with packs, and
    those in between pass them on by the first trip.

    Depots that are supplied from elsewhere ask by the same rule for the offices they supply, less what is
    there and under way, by the lane that arrives first, and are served together with the offices. Packs
    move only away from the sources, so they never circle.

    Each day, requests are made and met in rounds, until no more can be sent. The same instance always
    gives the same plan; what is still tied goes by file order.
    """
    # After the deadline no more slots and trips are decided; the offices still print what they can.

    def out_of_time() -> bool:
        return deadline is not None and time.monotonic() >= deadline

    arrays = instance.arrays
    seniority = Seniority(arrays)
    ingest = allot_slots(arrays, rule, seniority, out_of_time)
    ready = print_ready(arrays, ingest)
    stores = Stores(instance, ready.sum(axis=1))
    shipping = Shipping(instance, stores, rule)
    cards = np.zeros(arrays.shape, dtype=np.int64)
    printed = np.zeros(arrays.shape[:2], dtype=np.int64)
    for day in range(arrays.days):
        end = ready[:, :, day]
        if not out_of_time():
            shipping.decide(day, Queues(seniority, printed, end))
        amount = stores.printed[:, day] - stores.printed_before(day)
        cards[:, :, day] = seniority.split(amount, printed, end)
        printed += cards[:, :, day]
    return PlanArrays(ingest=ingest, packs=shipping.logistics.packs, cards=cards)
