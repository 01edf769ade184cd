"""Input only: what may be typed where. The rules are in the services."""

from datetime import date

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from deadlines import clock
from feedback.models import Assignment
from meetings.models import Field
from notices.documents import unprintable
from notices.models import Channel, Conclusion, Notice, NoticeTask
from notices.services.drafting import TEXTS
from notices.services.extending import LONGEST_REASON
from notices.services.progress import LONGEST as LONGEST_POST

LONG = 50_000
MOST_ROWS = 300


def check_printable(text: str) -> None:
    signs = unprintable(text)
    if signs:
        raise ValidationError(
            _("The document's typeface has no sign for %(signs)s. Take it out."),
            code="unprintable",
            params={"signs": " ".join(signs[:10])},
        )


class TextField(forms.CharField):
    """Text that will be printed in the document."""

    default_validators = [check_printable]

    def __init__(self, *, rows: int = 0, **kwargs):
        if rows:
            kwargs["widget"] = forms.Textarea(attrs={"rows": rows})
            kwargs.setdefault("max_length", LONG)
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        attrs = super().widget_attrs(widget)
        if self.max_length == LONG:
            attrs.pop("maxlength", None)  # far beyond what anybody types; a counter would only stand in the way
        return attrs


class DateField(forms.DateField):
    """Typed as dd/mm/yyyy, or picked where scripts run."""

    widget = forms.DateInput(attrs={"data-date": "", "inputmode": "numeric", "autocomplete": "off"}, format="%d/%m/%Y")


def bare_helper(form) -> FormHelper:
    helper = FormHelper(form)
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


class NoticeForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    subject = TextField(label=_("Subject (trích yếu)"), max_length=500, rows=2)
    place = TextField(label=_("Place named in the document"), max_length=100, required=False)
    opening = TextField(
        label=_("Opening of the notice"),
        rows=7,
        required=False,
        help_text=_("Each line becomes a paragraph."),
    )
    assessment = TextField(label=_("General assessment"), rows=5, required=False)
    closing = TextField(label=_("Carrying out and reporting"), rows=6, required=False)
    signing_authority = TextField(
        label=_("Signing authority"),
        max_length=100,
        required=False,
        help_text=_("For two lines write “TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH”."),
    )
    signer_title = TextField(label=_("Title of the signer"), max_length=150, required=False)
    signer_name = TextField(label=_("Name of the signer"), max_length=150, required=False)
    recipients = TextField(
        label=_("Recipients (nơi nhận)"),
        rows=7,
        required=False,
        help_text=_("One a line, without dashes and semicolons; the last line is “Lưu: VT”."),
    )

    @staticmethod
    def initial_of(notice: Notice) -> dict:
        return {name: getattr(notice, name) for name in (*TEXTS, "version")}

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in TEXTS}

    def _helper(self, *fields) -> FormHelper:
        helper = bare_helper(self)
        helper.layout = Layout(*fields)
        return helper

    @cached_property
    def head_helper(self) -> FormHelper:
        return self._helper("version", "subject", "opening", "assessment")

    @cached_property
    def end_helper(self) -> FormHelper:
        signing = Div("signing_authority", "signer_title", "signer_name", "place", css_class="field-pair")
        return self._helper("closing", Fieldset(_("Signature"), signing), "recipients")


class RowMixin:
    """A row of a formset: kept unless it is empty or ticked for removal."""

    content_fields: tuple[str, ...] = ()

    def has_content(self) -> bool:
        return any(self.cleaned_data.get(name) for name in self.content_fields)

    def is_kept(self) -> bool:
        if "DELETE" in self.fields and self["DELETE"].value() in (True, "on", "True", "1"):
            return False
        return any(str(self[name].value() or "").strip() for name in self.content_fields)

    @cached_property
    def helper(self) -> FormHelper:
        return bare_helper(self)


class ConclusionForm(RowMixin, forms.Form):
    content_fields = ("text",)

    field = forms.ChoiceField(label=_("Field"), required=False)
    text = TextField(label=_("Conclusion"), rows=5)

    def __init__(self, *args, fields: dict[str, Field], **kwargs):
        super().__init__(*args, **kwargs)
        self.known = fields
        self.fields["field"].choices = [("", _("Other matters")), *((pk, str(f)) for pk, f in fields.items())]

    def value(self) -> dict:
        return {"field": self.known.get(self.cleaned_data["field"]), "text": self.cleaned_data["text"]}


class TaskForm(RowMixin, forms.Form):
    content_fields = ("task", "lead_department")

    assignment = forms.IntegerField(widget=forms.HiddenInput, required=False)
    task = TextField(label=_("Task"), rows=3)
    lead_department = TextField(
        label=_("Lead department"), max_length=200, widget=forms.TextInput(attrs={"list": "departments"})
    )
    coordinating_departments = TextField(label=_("Coordinating departments"), max_length=500, required=False)
    due_on = DateField(label=_("Deadline"), required=False, help_text=_("Empty means “Thường xuyên”."))

    def __init__(self, *args, assignments: dict[int, Assignment], **kwargs):
        super().__init__(*args, **kwargs)
        self.known = assignments

    @cached_property
    def helper(self) -> FormHelper:
        helper = bare_helper(self)
        pair = Div("lead_department", "coordinating_departments", "due_on", css_class="field-pair")
        helper.layout = Layout("assignment", "task", pair)
        helper.render_unmentioned_fields = True
        return helper

    def value(self) -> dict:
        return self.cleaned_data | {"assignment": self.known.get(self.cleaned_data.get("assignment"))}


class RowFormSet(BaseFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Take this row out")


def _formset(form, extra: int):
    return formset_factory(
        form, formset=RowFormSet, extra=extra, can_delete=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS
    )


class DraftForms:
    """The whole draft as one input: the texts, a formset of conclusions, a formset of tasks."""

    def __init__(self, notice: Notice, data=None, *, extra: tuple[int, int] = (1, 1)):
        self.notice = notice
        conclusions = list(notice.conclusions.select_related("field"))
        tasks = list(notice.tasks.all())
        fields = {
            str(f.pk): f for f in [*Field.objects.filter(parent=None), *(c.field for c in conclusions if c.field)]
        }
        assignments = {a.pk: a for a in Assignment.objects.filter(opinion__meeting=notice.meeting_id)}
        self.texts = NoticeForm(data, initial=NoticeForm.initial_of(notice))
        self.conclusions = _formset(ConclusionForm, extra[0])(
            data,
            prefix="conclusions",
            initial=[{"field": str(c.field_id or ""), "text": c.text} for c in conclusions],
            form_kwargs={"fields": fields},
        )
        self.tasks = _formset(TaskForm, extra[1])(
            data,
            prefix="tasks",
            initial=[
                {
                    "assignment": t.assignment_id,
                    "task": t.task,
                    "lead_department": t.lead_department,
                    "coordinating_departments": t.coordinating_departments,
                    "due_on": t.due_on,
                }
                for t in tasks
            ],
            form_kwargs={"assignments": assignments},
        )

    @property
    def all(self):
        return self.texts, self.conclusions, self.tasks

    def is_valid(self) -> bool:
        # Each is asked, so that all errors show at once.
        answers = [form.is_valid() for form in self.all]
        return all(answers)

    @staticmethod
    def _rows(formset) -> list[dict]:
        return [
            form.value()
            for form in formset.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE") and form.has_content()
        ]

    def values(self) -> dict:
        return self.texts.values() | {"conclusions": self._rows(self.conclusions), "tasks": self._rows(self.tasks)}

    def as_typed(self) -> tuple[Notice, list[Conclusion], list[NoticeTask]]:
        """What stands in the fields now, right or wrong, for the preview. Nothing is saved."""
        typed = Notice(**{f.attname: getattr(self.notice, f.attname) for f in Notice._meta.concrete_fields})
        typed.meeting, typed.unit = self.notice.meeting, self.notice.unit
        for name in TEXTS:
            setattr(typed, name, self.texts[name].value() or "")
        conclusions = [
            Conclusion(field=form.known.get(str(form["field"].value() or "")), text=form["text"].value() or "")
            for form in self.conclusions.forms
            if form.is_kept()
        ]
        tasks = [
            NoticeTask(
                task=form["task"].value() or "",
                lead_department=form["lead_department"].value() or "",
                coordinating_departments=form["coordinating_departments"].value() or "",
                due_on=_typed_date(form),
            )
            for form in self.tasks.forms
            if form.is_kept()
        ]
        return typed, conclusions, tasks


def _typed_date(form) -> date | None:
    try:
        return form.fields["due_on"].clean(form["due_on"].value())
    except ValidationError:
        return None


class RemarkForm(forms.Form):
    remark = forms.CharField(
        label=_("What has to be changed"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )

    @cached_property
    def helper(self) -> FormHelper:
        return bare_helper(self)


class PublicationForm(forms.Form):
    channel = forms.ChoiceField(label=_("Channel"), choices=Channel)
    on = DateField(label=_("On"), initial=clock.today)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    @cached_property
    def helper(self) -> FormHelper:
        return bare_helper(self)


class _LongText(forms.CharField):
    """Some lines of free text that no document prints."""

    def __init__(self, *, rows: int = 4, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class ProgressForm(forms.Form):
    text = _LongText(label=_("Why it is late and what is being done"), max_length=LONGEST_POST)
    promised_on = DateField(label=_("New promised date"))

    @cached_property
    def helper(self) -> FormHelper:
        return bare_helper(self)


class NoticeExtensionForm(forms.Form):
    asked_until = DateField(label=_("New date asked for"))
    reason = _LongText(label=_("Reason"), max_length=LONGEST_REASON)

    @cached_property
    def helper(self) -> FormHelper:
        return bare_helper(self)


class ExtensionDecisionForm(forms.Form):
    is_granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("True", _("Grant the later date")), ("False", _("Refuse; the date stays as it is"))],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
    )
    remark = _LongText(
        label=_("Remark"), max_length=LONGEST_REASON, required=False, rows=3, help_text=_("Needed for a refusal.")
    )

    @cached_property
    def helper(self) -> FormHelper:
        return bare_helper(self)
