from django.db import models
from django.utils import translation

from accounts.models import User
from audit.models import Event


def record(
    *,
    actor: User | None,
    verb: str,
    target: models.Model,
    sentence: str,
    parent: models.Model | None = None,
    data: dict | None = None,
) -> Event:
    """Writes the event that is the last database line of a service.

    ``sentence`` is plain Vietnamese without the actor's name ("đã ban hành thông báo số 05/TB-UBND"); ``data`` holds
    JSON values such as what changed from what to what, never personal data of a citizen.
    """
    acting_as = ""
    if actor is not None:
        # Kept in Vietnamese like the sentence, whatever language the person was reading.
        with translation.override("vi"):
            acting_as = "; ".join(str(m) for m in actor.scope.memberships)[:300]
    return Event.objects.create(
        actor=actor,
        acting_as=acting_as,
        verb=verb,
        sentence=sentence,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        parent_type=parent._meta.label_lower if parent is not None else "",
        parent_id=parent.pk if parent is not None else None,
        data=data or {},
    )


def history_of(target: models.Model) -> models.QuerySet:
    """The events of a record and of what belongs to it, newest first."""
    return Event.objects.about(target).select_related("actor")
