from allauth.account.adapter import DefaultAccountAdapter


class StaffAccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: a unit's administrator opens accounts."""

    def is_open_for_signup(self, request) -> bool:
        return False
