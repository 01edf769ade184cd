"""Sentences of Django, allauth and django-filter that people meet but whose projects lack a Vietnamese text.

Nothing calls this module: it makes ``makemessages`` collect them, and the project's catalogue comes before theirs.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

ALLAUTH = [
    pgettext_lazy("field label", "Login"),
    _("Username"),
    _("Username or email"),
    _("Password"),
    _("Password (again)"),
    _("Remember Me"),
    _("Forgot your password?"),
    _("Current Password"),
    _("New Password"),
    _("New Password (again)"),
    _("Email"),
    _("Email address"),
    _("Code"),
    _("Authenticator code"),
    _("Recovery codes"),
    _("Incorrect code."),
    _("Incorrect password."),
    _("Invalid login."),
    _("Invalid or expired key."),
    _("Be patient, you are sending too many requests."),
    _("Too many failed login attempts. Try again later."),
    _("Please type your current password."),
    _("The email address is not assigned to any user account."),
    _("The new value must be different from the current one."),
    _("The password reset token was invalid."),
    _("This account is currently inactive."),
    _("The email address and/or password you specified are not correct."),
    _("The username and/or password you specified are not correct."),
    _("You must type the same password each time."),
    _("Use authenticator app or code"),
    _("Use your password"),
]
DJANGO = [
    _("Messages"),
    _("That page number is not an integer"),
    _("That page number is less than 1"),
    _("That page contains no results"),
    _("File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s."),
    _("Null characters are not allowed."),
    _("“%(value)s” value must be either True or False."),
    _("“%(value)s” value has an invalid date format. It must be in YYYY-MM-DD format."),
    _("“%(value)s” value has the correct format (YYYY-MM-DD) but it is an invalid date."),
    _("“%(value)s” value must be a decimal number."),
    _("“%(value)s” value must be an integer."),
    _("“%(value)s” is not a valid UUID."),
    _("%(model)s instance with %(field)s %(value)r does not exist."),
    _("Enter a valid duration."),
    _("Enter a complete value."),
    _("Enter a valid UUID."),
    _("Enter a valid JSON."),
    _("Value must be valid JSON."),
    _("ManagementForm data is missing or has been tampered with"),
    ngettext_lazy("Please submit %d or more forms.", "Please submit %d or more forms.", 1),
    _("The inline value did not match the parent instance."),
    _("“%(pk)s” is not a valid value."),
    _(
        "%(datetime)s couldn’t be interpreted in time zone %(current_timezone)s; it may be ambiguous or it may not exist."
    ),
    pgettext_lazy("String to return when truncating text", "%(truncated_text)s…"),
    _("Date out of range"),
    _("Forbidden"),
]
FILTERS = [_("Today"), _("Yesterday"), _("Past 7 days"), _("This month"), _("This year")]
