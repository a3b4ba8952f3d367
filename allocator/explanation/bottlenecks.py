"""What a cost can be charged to."""

from __future__ import annotations

from enum import StrEnum


class Bottleneck(StrEnum):
    """The first thing that was missing, or what else costs money; the formulas are in docs/explain.md."""

    SLOT = "slot"
    """No ingestion slot was left in the nation's quota."""
    STORAGE = "storage"
    """There was a slot, but no room in the national database."""
    LINK = "link"
    """The office's own link could not have taken the record, however many slots there were."""
    UNUSED_SLOT = "unused_slot"
    """Slot, room and link were there; the plan did not ingest the record."""
    PROCESSING = "processing"
    """The record is ingested and not yet print-ready: nobody can change that."""
    BLANK = "blank"
    """The record is print-ready and a printer is free, but there is no blank."""
    PRINTER = "printer"
    """The printers could not have printed the card, however many blanks there were."""
    UNUSED_PRINTER = "unused_printer"
    """Blank and printer were there; the plan did not print the card."""
    IDLE_BLANKS = "idle_blanks"
    """Blanks on hand at the office."""
    FREIGHT = "freight"
    """Trips and packs, to the office or between depots."""
    TARGETS = "targets"
    """Promises not kept."""


INGESTION = (Bottleneck.UNUSED_SLOT, Bottleneck.STORAGE, Bottleneck.SLOT, Bottleneck.LINK)
"""Of records not ingested, in the order in which they stand in line."""
PRINTING = (Bottleneck.UNUSED_PRINTER, Bottleneck.BLANK, Bottleneck.PRINTER)
"""Of print-ready records without a card, in the order in which they stand in line."""
QUEUE = (*PRINTING, Bottleneck.PROCESSING, *INGESTION)
"""What a record without a card can be charged to; the longest-waiting records first."""
