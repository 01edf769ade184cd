"""The slip by which a matter leaves, and what supervisors remark about its handling."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from feedback.models.opinions import Opinion


class TransferSlip(models.Model):
    """The slip (phiếu chuyển) by which a complaint, denunciation or matter beyond authority leaves."""

    opinion = models.OneToOneField(Opinion, on_delete=models.PROTECT, related_name="transfer_slip")
    transferred_to = models.CharField(_("competent body"), max_length=200)
    reason = models.TextField(_("ground for the transfer"))
    transferred_on = models.DateField()
    transferred_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("transfer slip")


class SupervisionComment(models.Model):
    """What a supervisor (Fatherland Front, Ban Dân vận) remarks about an opinion's handling."""

    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="supervision_comments")
    text = models.TextField(_("comment"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]
