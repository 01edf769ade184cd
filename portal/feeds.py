"""Feeds that other programs read: iCalendar of meetings, Atom of notices."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from deadlines.clock import today
from meetings.models import MeetingState
from notices.models import Notice
from portal import queries

FEED_LENGTH = 200
ICAL_STATUS = {MeetingState.CANCELLED: "CANCELLED", MeetingState.POSTPONED: "TENTATIVE"}


@require_safe
def meetings_calendar(request):
    """The announced meetings from today on as iCalendar (RFC 5545)."""
    feed = Calendar()
    feed.add("prodid", "-//Đối thoại//Lịch hội nghị đối thoại//VI")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", str(_("Dialogue meetings")))
    feed.add("x-wr-timezone", settings.TIME_ZONE)
    host = settings.SITE_URL.split("://", 1)[1]
    for meeting in queries.upcoming_meetings(on=today())[:FEED_LENGTH]:
        entry = Event()
        entry.add("uid", f"meeting-{meeting.pk}@{host}")
        entry.add("dtstamp", meeting.updated_at)
        entry.add("sequence", meeting.version)
        entry.add("dtstart", meeting.planned_start)
        entry.add("dtend", meeting.planned_end)
        entry.add("summary", meeting.topic)
        entry.add("location", meeting.place or meeting.online_address or meeting.locality.name)
        entry.add("description", f"{meeting.host_unit.name} – {meeting.locality.name}")
        entry.add("url", settings.SITE_URL + reverse("portal:meeting", kwargs={"pk": meeting.pk}))
        entry.add("status", ICAL_STATUS.get(meeting.state, "CONFIRMED"))
        feed.add_component(entry)
    response = HttpResponse(feed.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="lich-doi-thoai.ics"'
    return response


class NoticeFeed(Feed):
    """The newest published conclusion notices as Atom."""

    feed_type = Atom1Feed
    title = _("Conclusion notices of dialogue meetings")
    subtitle = _("What the leaders concluded after meeting the citizens")
    link = reverse_lazy("portal:notices")

    def items(self):
        return queries.published_notices()[:50]

    def item_title(self, item: Notice) -> str:
        return f"{item.document_code} – {item.subject}"

    def item_description(self, item: Notice) -> str:
        return f"{item.unit.name}, {item.meeting.locality.name}, {item.issued_on:%d/%m/%Y}"

    def item_link(self, item: Notice) -> str:
        return reverse("portal:notice", kwargs={"code": item.verification_code})

    def item_guid(self, item: Notice) -> str:
        return f"{settings.SITE_URL}{self.item_link(item)}"

    def item_pubdate(self, item: Notice):
        return item.published_at

    def item_updateddate(self, item: Notice):
        return item.published_at
