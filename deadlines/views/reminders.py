from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from deadlines.models import Reminder
from deadlines.reminder_forms import MailSettingForm
from deadlines.services import mark_all_read, mark_read
from deadlines.services.digests import mail_setting_of, set_mail_setting
from deadlines.views.saving import form_page, posted

PAGE_SIZE = 30


@login_required
@require_safe
def reminders(request):
    """One's own messages, those not read yet first."""
    mine = Reminder.objects.visible_to(request.user).order_by(F("read_at").desc(nulls_first=True), "-for_day", "-pk")
    page = Paginator(mine, PAGE_SIZE).get_page(request.GET.get("page"))
    newest = max((reminder.pk for reminder in page), default=0)
    has_unread = any(reminder.read_at is None for reminder in page)
    return render(request, "deadlines/reminders.html", {"page_obj": page, "newest": newest, "has_unread": has_unread})


@login_required
@require_POST
def reminder_read(request, pk):
    """Marks the message read and goes to what it is about."""
    reminder = get_object_or_404(Reminder.objects.visible_to(request.user), pk=pk)
    mark_read(reminder, actor=request.user)
    if reminder.url and url_has_allowed_host_and_scheme(reminder.url, allowed_hosts=None):
        return redirect(reminder.url)
    return redirect("deadlines:reminders")


@login_required
@require_POST
def reminders_read_all(request):
    until = request.POST.get("newest", "")
    number = mark_all_read(actor=request.user, until=int(until) if until.isdecimal() and len(until) < 19 else None)
    messages.success(
        request,
        ngettext("%(number)s reminder marked as read.", "%(number)s reminders marked as read.", number)
        % {"number": number}
        if number
        else _("There was nothing left to read."),
    )
    return redirect("deadlines:reminders")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_setting(request):
    """How often one's own reminders come by e-mail."""
    setting = mail_setting_of(request.user)
    initial = {"rhythm": setting.rhythm, "only_overdue": setting.only_overdue}
    return form_page(
        request,
        template="deadlines/mail_setting.html",
        form=MailSettingForm(posted(request), initial=initial),
        save=lambda form: set_mail_setting(actor=request.user, **form.cleaned_data),
        done=lambda setting: "deadlines:mail_setting",
        success=_("Your e-mail comes as you set it, from the next one on."),
    )
