"""The role that the person chose to act in, Vietnamese before other languages, a page where a form was expected."""

from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render

SESSION_KEY = "acting_membership"


class ActingMembershipMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # The session is read only where a session exists: an anonymous page costs no query.
        if request.session.session_key and SESSION_KEY in request.session and request.user.is_authenticated:
            request.user.acting_membership_id = request.session[SESSION_KEY]
        return self.get_response(request)


class VietnameseFirstLocaleMiddleware(LocaleMiddleware):
    """Vietnamese until somebody chooses English: the office's computers often ask for English without meaning it."""

    def process_request(self, request):
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        super().process_request(request)


class FormExpectedMiddleware:
    """Who comes by a link to an address that only takes forms, as after signing in again, reads why nothing happened."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            page = render(request, "405.html", status=405)
            page.headers["Allow"] = response.headers.get("Allow", "POST")
            return page
        return response
