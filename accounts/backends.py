from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings


class StaffBackend(AuthenticationBackend):
    """Username or e-mail; people of the demonstration only where the demonstration is allowed.

    ``user_can_authenticate`` is asked at login and again for every request of a session, so a person who is
    deactivated is out at once.
    """

    def user_can_authenticate(self, user) -> bool:
        return super().user_can_authenticate(user) and (settings.DEMONSTRATION_ALLOWED or not user.is_demonstration)
