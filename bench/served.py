"""The product's own WSGI application with two pages more: the floors that its pages are measured against."""

# isort: off
from dialogue.wsgi import application  # sets Django up, which the URLs need
from dialogue.urls import handler403, urlpatterns
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

# isort: on

__all__ = ["application", "handler403", "urlpatterns"]


def text(request):
    """The whole middleware and one line of text; no session is read, no SQL is sent."""
    return HttpResponse("ok", content_type="text/plain")


def person(request):
    """The same with the session and the person read."""
    return HttpResponse(request.user.username, content_type="text/plain")


urlpatterns = [*urlpatterns, path("bench/text/", text), path("bench/person/", person)]
settings.ROOT_URLCONF = "served"
