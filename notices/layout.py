"""What stands where in the frame of an official document: head, end mark, recipients, signature.

The measures (margins, sizes, rules) stand in ``static/print/state.css`` and ``static/print/party.css``, one named
place for each regime; the order of the parts in ``templates/notices/print/``.
"""

from dataclasses import dataclass, field
from datetime import date

from accounts.models import Regime
from notices import typography as typo


@dataclass(frozen=True)
class Regimen:
    """The words that differ between the regimes."""

    number_label: str
    code_pattern: str
    end_mark: str
    stylesheet: str
    head: str
    foot: str
    subject_dashes: str = ""


# About as many lines as the signature with its free space is high.
RECIPIENTS_BESIDE = 12

REGIMENS = {
    # Nghị định 30/2020/NĐ-CP, Phụ lục I
    Regime.STATE: Regimen(
        number_label="Số:",
        code_pattern="{number}/{document_type}-{unit}",
        end_mark="./.",
        stylesheet="print/state.css",
        head="notices/print/head_state.html",
        foot="notices/print/foot_state.html",
    ),
    # Hướng dẫn 05-HD/VPTW ngày 27/5/2026
    Regime.PARTY: Regimen(
        number_label="Số",
        code_pattern="{number}-{document_type}/{unit}",
        end_mark=".",
        stylesheet="print/party.css",
        head="notices/print/head_party.html",
        foot="notices/print/foot_party.html",
        subject_dashes="-----",
    ),
}


def document_code(regime: str, number: int | None, document_type: str, unit: str) -> str:
    """ "05/TB-UBND" or "05-TB/ĐU"; blanks for the number of a draft."""
    shown = typo.two_digits(number) if number is not None else typo.NBSP * 6
    return REGIMENS[regime].code_pattern.format(number=shown, document_type=document_type, unit=unit)


@dataclass(frozen=True)
class Letterhead:
    """Everything around the content, for any type of document."""

    regime: str
    issuer: str
    superior: str
    code: str
    place: str
    day: date | None
    type_name: str
    subject: str
    recipients: str
    signing_authority: str
    signer_title: str
    signer_name: str
    is_draft: bool = True
    is_demonstration: bool = False
    verification_code: str = ""
    verification_url: str = ""
    keywords: tuple[str, ...] = field(default_factory=tuple)

    @property
    def regimen(self) -> Regimen:
        return REGIMENS[self.regime]

    @property
    def superior_lines(self) -> list[str]:
        return [typo.short_body(self.superior)] if self.superior else []

    @property
    def issuer_lines(self) -> list[str]:
        return typo.header_lines(self.issuer)

    @property
    def number_line(self) -> str:
        return f"{self.regimen.number_label} {self.code}"

    @property
    def date_line(self) -> str:
        return typo.date_line(typo.typeset(self.place), self.day)

    @property
    def subject_lines(self) -> list[str]:
        return typo.balanced(typo.typeset(self.subject))

    @property
    def recipients_beside(self) -> list[str]:
        """Those that stand beside the signature, in a block that never breaks."""
        return typo.recipient_lines(self.recipients)[:RECIPIENTS_BESIDE]

    @property
    def recipients_below(self) -> list[str]:
        """The rest of a long list, which may go over to the next page."""
        return typo.recipient_lines(self.recipients)[RECIPIENTS_BESIDE:]

    @property
    def authority_lines(self) -> list[str]:
        return typo.signing_lines(self.signing_authority)

    @property
    def verification_groups(self) -> str:
        """Read in groups of four."""
        code = self.verification_code
        return typo.NBSP.join(code[start : start + 4] for start in range(0, len(code), 4))

    @property
    def title(self) -> str:
        """The title of the file: type, number and subject."""
        number = "" if self.is_draft else f" số {self.code}"
        return typo.typeset(f"{self.type_name}{number}: {self.subject}").replace(typo.NBSP, " ")


def with_end_mark(regime: str, lines: list[str]) -> list[str]:
    """The mark that closes the text: "./." (State) or "." (Party)."""
    if not lines:
        return lines
    return [*lines[:-1], lines[-1].rstrip(" .;,:/") + REGIMENS[regime].end_mark]
