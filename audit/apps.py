from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self):
        # The models are loaded only now.
        from accounts import journal
        from audit import services

        journal.plug(record=services.record, history=services.history_of)
