"""Days of the calendar from a file: iCalendar, or CSV as Excel writes it.

Pure functions: ``read`` turns a file's bytes into days, ``compare`` turns those into operations of a change beside what
stands in the calendar. Every problem is a sentence that names the line and the cell, or the event; with one of them
nothing of the file may apply.
"""

from deadlines.importing.comparing import Comparison, compare
from deadlines.importing.days import ImportedDay, Reading
from deadlines.importing.reading import MAX_BYTES, read
from deadlines.importing.tables import template

__all__ = ["MAX_BYTES", "Comparison", "ImportedDay", "Reading", "compare", "read", "template"]
