"""Input of the schedules of reminders and of one's own e-mail."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import LocalityField
from accounts.models import Locality, User
from deadlines.forms import DateField, _Form, _VersionedForm
from deadlines.models import MailRhythm, Recipient, Stage
from deadlines.reminding import FURTHEST_STEP, Schedule, Step
from deadlines.services.schedules import MOST_STEPS


class WhereAndWhenForm(_Form):
    """For which place, and for a deadline on which day."""

    locality = LocalityField(label=_("Locality"), required=False)
    due_on = DateField(label=_("A deadline on"))

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        places = Locality.objects.filter(actor.scope.locality_condition("path"))
        self.fields["locality"].candidates = places.with_province()
        self.fields["locality"].help_text = _("Leave empty for the whole country.")
        self.fields["due_on"].help_text = _("Whom it would be reminded to, and when, stands below.")


class ScheduleForm(_VersionedForm):
    at = forms.TimeField(
        label=_("Time of day"),
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_(
            "From when on a day's reminders appear, for example 08:00. The e-mail follows as each person set it."
        ),
    )


class StepForm(_Form):
    stage = forms.ChoiceField(label=_("When"), choices=[("", _("Not used")), *Stage.choices], required=False)
    working_days = forms.IntegerField(label=_("Working days"), min_value=0, max_value=FURTHEST_STEP, required=False)
    repeats_daily = forms.BooleanField(label=_("Daily from then on"), required=False)
    recipient = forms.ChoiceField(label=_("To whom"), choices=Recipient.choices, required=False)

    def step(self) -> Step | None:
        """The step; None for a row that isn't used."""
        given = self.cleaned_data
        if not given.get("stage"):
            return None
        return Step(
            Stage(given["stage"]),
            given["working_days"] or 0,
            given["repeats_daily"],
            Recipient(given["recipient"] or Recipient.UNIT),
        )


StepFormSet = forms.formset_factory(
    StepForm, extra=3, max_num=MOST_STEPS, absolute_max=MOST_STEPS + 10, validate_max=True
)


def step_rows(schedule: Schedule) -> list[dict]:
    """The schedule as the formset starts from it."""
    return [
        {
            "stage": step.stage,
            "working_days": step.working_days or None,
            "repeats_daily": step.repeats_daily,
            "recipient": step.recipient,
        }
        for step in schedule.steps
    ]


class MailSettingForm(_Form):
    rhythm = forms.ChoiceField(
        label=_("How often the e-mail comes"), choices=MailRhythm.choices, widget=forms.RadioSelect
    )
    only_overdue = forms.BooleanField(
        label=_("By e-mail only what is overdue"),
        required=False,
        help_text=_("Everything else is found in the list of reminders alone."),
    )
