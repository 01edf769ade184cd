"""What a department answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from feedback.models.assignments import Assignment, Verdict
from feedback.models.opinions import Resolution
from meetings.models import StoredFile


class Reply(models.Model):
    """A department's reply; the clerk or leader accepts it or sends it back."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField(_("reply"))
    resolution = models.CharField(_("resolution"), max_length=20, choices=Resolution)
    promised_on = models.DateField(_("promised date"), null=True, blank=True)
    transferred_to = models.CharField(_("transferred to"), max_length=200, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    verdict = models.CharField(max_length=20, choices=Verdict, default=Verdict.WAITING)
    verdict_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verdict_at = models.DateTimeField(null=True)
    remark = models.TextField(_("remark"), blank=True)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint("assignment", name="reply_waiting_once", condition=Q(verdict="waiting")),
            models.CheckConstraint(
                name="reply_under_way_has_date", condition=~Q(resolution="under_way") | ~Q(promised_on=None)
            ),
            models.CheckConstraint(
                name="reply_beyond_authority_names_body",
                condition=~Q(resolution="beyond_authority") | ~Q(transferred_to=""),
            ),
        ]


class ReplyDocument(StoredFile):
    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="documents")

    class Meta:
        ordering = ["pk"]
