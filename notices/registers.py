"""The outgoing register: which period a number belongs to, and the next number."""

import re
from datetime import date

from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Regime, Unit
from notices.models import DocumentType, Register

TERM_YEARS = 5


def register_period(unit: Unit, regime: str, on: date) -> str:
    """The calendar year for State documents; the committee's term (nhiệm kỳ) that holds the day for Party ones."""
    if regime == Regime.STATE:
        return str(on.year)
    found = re.fullmatch(r"\s*(\d{4})\s*[-–]\s*(\d{4})\s*", unit.term)
    if not found:
        raise ServiceError(
            _("%(unit)s has no term (nhiệm kỳ) such as 2025-2030; enter it in the settings before issuing.")
            % {"unit": unit.name}
        )
    start, end = int(found[1]), int(found[2])
    if on.year > end:
        raise ServiceError(
            _("The term %(term)s of %(unit)s has ended; enter the new one in the settings before issuing.")
            % {"term": unit.term, "unit": unit.name}
        )
    # The year of a congress counts to the new term; a document of earlier years belongs to an earlier term.
    while on.year < start:
        start, end = start - TERM_YEARS, start
    return f"{start}-{end}"


def next_number(unit: Unit, regime: str, on: date, document_type: str = DocumentType.CONCLUSION_NOTICE) -> int:
    """The number that would be given now; another leader may take it first."""
    period = register_period(unit, regime, on)
    register = Register.objects.filter(unit=unit, document_type=document_type, period=period).first()
    return (register.last_number if register else 0) + 1


def take_number(unit: Unit, regime: str, on: date, document_type: str = DocumentType.CONCLUSION_NOTICE):
    """(period, number), with the register's row locked until the transaction ends: no gap, no repeat."""
    period = register_period(unit, regime, on)
    key = {"unit": unit, "document_type": document_type, "period": period}
    Register.objects.get_or_create(**key)
    register = Register.objects.select_for_update().get(**key)
    register.last_number += 1
    register.save(update_fields=["last_number"])
    return period, register.last_number
