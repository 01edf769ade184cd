from django.urls import path
from django.views.decorators.http import require_safe

from portal import feeds, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("lich-doi-thoai/", views.meetings, name="meetings"),
    path("lich-doi-thoai/thang/", views.calendar, name="calendar"),
    path("lich-doi-thoai/lich.ics", feeds.meetings_calendar, name="meetings_calendar"),
    path("lich-doi-thoai/<int:pk>/", views.meeting, name="meeting"),
    path("thong-bao/", views.notices, name="notices"),
    path("thong-bao/atom.xml", require_safe(feeds.NoticeFeed()), name="notices_feed"),
    path("thong-bao/<str:code>/", views.notice, name="notice"),
    path("thong-bao/<str:code>/thong-bao.pdf", views.notice_pdf, name="notice_pdf"),
    path("xac-minh/", views.verify, name="verify"),
    path("tra-cuu/", views.opinion, name="opinion"),
]
