"""Opening, changing and closing the accounts of people."""

import re
from datetime import date
from smtplib import SMTPException

from allauth.account.adapter import get_adapter
from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts import journal
from accounts.errors import ServiceError, StaleVersion
from accounts.models import Unit, User
from accounts.policies import may_deactivate_person, may_edit_person, require
from accounts.services.roles import give_role
from accounts.text import nfc

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,49}")
_EDITABLE = ("full_name", "email", "phone", "position")


@transaction.atomic
def create_person(
    *,
    actor: User,
    username: str,
    email: str,
    full_name: str,
    unit: Unit,
    role: str,
    phone: str = "",
    position: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> User:
    """Opens an account with its first role and no password: the person chooses one through a letter."""
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        # Without "@" a user name can never be mistaken for somebody else's e-mail address.
        raise ServiceError(
            _("A user name has 3 to 50 letters a-z, digits, dots, hyphens or underscores."), field="username"
        )
    if User.objects.filter(username__iexact=username).exists():
        raise ServiceError(_("This user name is taken."), field="username")
    email = _free_email(email)
    person = User(
        username=username, email=email, full_name=_name(full_name), phone=phone.strip(), position=nfc(position.strip())
    )
    person.set_unusable_password()
    person.save()
    give_role(person, actor=actor, unit=unit, role=role, valid_from=valid_from, valid_to=valid_to)
    journal.record(
        actor=actor, verb="create_person", target=person, sentence=f"đã mở tài khoản {username} cho {person.full_name}"
    )
    return person


@transaction.atomic
def edit_person(person: User, *, actor: User, version: int, **fields) -> User:
    """Changes name, e-mail, phone or position."""
    person = User.objects.select_for_update().get(pk=person.pk)
    require(may_edit_person(actor, person))
    if person.version != version:
        raise StaleVersion(_("Somebody else changed this account meanwhile."), current=person)
    unknown = set(fields) - set(_EDITABLE)
    if unknown:
        raise TypeError(f"edit_person() doesn't change {', '.join(sorted(unknown))}")
    if "full_name" in fields:
        fields["full_name"] = _name(fields["full_name"])
    if "email" in fields:
        fields["email"] = _free_email(fields["email"], besides=person)
    changed = [name for name, value in fields.items() if getattr(person, name) != value]
    if not changed:
        return person
    for name in changed:
        setattr(person, name, nfc(fields[name].strip()))
    person.version += 1
    person.save()
    if "email" in changed:
        # The library keeps addresses of its own; a stale one would still receive links for a new password.
        EmailAddress.objects.filter(user=person).delete()
    journal.record(
        actor=actor,
        verb="edit_person",
        target=person,
        sentence=f"đã sửa thông tin tài khoản của {person.full_name}",
        data={"changed": sorted(changed)},
    )
    return person


@transaction.atomic
def deactivate_person(person: User, *, actor: User) -> User:
    """Closes the account: it can't be used from the next request on. Records keep naming the person."""
    person = User.objects.select_for_update().get(pk=person.pk)
    require(may_deactivate_person(actor, person))
    if not person.is_active:
        raise ServiceError(_("This account is already closed."))
    person.is_active = False
    person.version += 1
    person.save(update_fields=["is_active", "version"])
    journal.record(
        actor=actor, verb="deactivate_person", target=person, sentence=f"đã khóa tài khoản của {person.full_name}"
    )
    return person


@transaction.atomic
def reactivate_person(person: User, *, actor: User) -> User:
    """Opens a closed account again, with the roles that are still held."""
    person = User.objects.select_for_update().get(pk=person.pk)
    require(may_edit_person(actor, person))
    if person.is_active:
        raise ServiceError(_("This account is open already."))
    person.is_active = True
    person.version += 1
    person.save(update_fields=["is_active", "version"])
    journal.record(
        actor=actor, verb="reactivate_person", target=person, sentence=f"đã mở lại tài khoản của {person.full_name}"
    )
    return person


def send_password_link(person: User, *, actor: User) -> None:
    """Writes the person a letter with the link to choose a password. Nobody else ever sees a password."""
    require(may_edit_person(actor, person))
    if not person.is_active:
        raise ServiceError(_("This account is closed; open it first."))
    key = f"{user_pk_to_url_str(person)}-{PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)}"
    words = {"person": person, "url": get_adapter().get_reset_password_from_key_url(key)}
    letter = EmailMessage(
        subject=render_to_string("accounts/email/password_link_subject.txt", words).strip(),
        body=render_to_string("accounts/email/password_link_message.txt", words),
        to=[person.email],
    )
    try:
        letter.send()
    except (OSError, SMTPException) as error:
        raise ServiceError(
            _("The mail server didn't take the letter to %(email)s. Send the link again later.")
            % {"email": person.email}
        ) from error
    journal.record(
        actor=actor,
        verb="send_password_link",
        target=person,
        sentence=f"đã gửi thư đặt mật khẩu cho {person.full_name}",
    )


def _name(full_name: str) -> str:
    name = nfc(" ".join(full_name.split()))
    if not name:
        raise ServiceError(_("Write the person's name."), field="full_name")
    return name


def _free_email(email: str, *, besides: User | None = None) -> str:
    email = email.strip().lower()
    taken = User.objects.filter(email__iexact=email) | User.objects.filter(
        pk__in=EmailAddress.objects.filter(Q(email__iexact=email)).values("user")
    )
    if besides is not None:
        taken = taken.exclude(pk=besides.pk)
    if taken.exists():
        raise ServiceError(
            _("An account with this e-mail address exists. Give that person a role, or ask a system administrator to."),
            field="email",
        )
    return email
