"""Input of a file with days of the calendar."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import LocalityField
from accounts.models import User
from deadlines.counting import EARLIEST, LATEST
from deadlines.forms import DateField, TextField, _Form
from deadlines.policies import administered_localities


class CalendarImportForm(_Form):
    """The file, the year it is said to be for, and where its days hold."""

    year = forms.IntegerField(
        label=_("Year of the file"),
        min_value=EARLIEST.year,
        max_value=LATEST.year,
        help_text=_("A day of another year is refused: it would be a slip."),
    )
    file = forms.FileField(
        label=_("File (.ics or .csv)"),
        help_text=_("iCalendar with events of whole days, or the template filled in; 2 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,.csv,.txt,text/calendar,text/csv"}),
    )
    locality = LocalityField(label=_("Only in"), required=False)
    decision_number = TextField(
        label=_("Number of the decision"),
        max_length=60,
        required=False,
        help_text=_("For the days that the file gives without one, for example 9441/TB-BNV."),
    )
    decision_date = DateField(label=_("Date of the decision"), required=False)

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        place = self.fields["locality"]
        place.candidates = administered_localities(actor).with_province()
        if actor.scope.is_system_admin:
            place.help_text = _("Leave empty for the whole country; a place stands for everything in it.")
        else:
            place.required = place.widget.is_required = True
            place.help_text = _("A place that you administer; it stands for everything in it.")

    def clean(self):
        data = super().clean()
        if data.get("decision_date") and not data.get("decision_number"):
            self.add_error("decision_number", _("Give the number of the decision with its date."))
        return data
