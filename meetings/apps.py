from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"

    def ready(self):
        # The models are loaded only now.
        from deadlines.open_deadlines import plug
        from meetings.open_deadlines import Meetings

        plug(Meetings())
