"""What a service says when it will not do what was asked. The text is the sentence the person reads."""


class ServiceError(Exception):
    """The record is in a state that does not allow it. Shown to the person; answers 409."""

    def __init__(self, message, *, field: str | None = None):
        super().__init__(str(message))
        self.message = message
        self.field = field


class StaleVersion(ServiceError):
    """Somebody else saved the same record first; ``current`` is what is saved now."""

    def __init__(self, message, *, current):
        super().__init__(message)
        self.current = current
