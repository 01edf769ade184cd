from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse


class StaffAccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: a unit's administrator opens accounts."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        # The address of the installation, never the Host header: a letter is read elsewhere and later.
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.SITE_URL + path.replace("UID-KEY", key)
