"""One working calendar a request, however many deadlines a page shows."""

from deadlines.services import calendar_memo


class CalendarMemoMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with calendar_memo():
            return self.get_response(request)
