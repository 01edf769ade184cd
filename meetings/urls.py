from django.urls import path

from meetings import views

app_name = "meetings"
urlpatterns = [
    path("meetings/", views.listing, name="list"),
    path("meetings/calendar/", views.calendar, name="calendar"),
    path("meetings/year/", views.year, name="year"),
    path("meetings/new/", views.new, name="new"),
    path("meetings/<int:pk>/", views.detail, name="detail"),
    path("meetings/<int:pk>/edit/", views.edit, name="edit"),
    path("meetings/<int:pk>/agenda/", views.agenda, name="agenda"),
    path("meetings/<int:pk>/invitations/", views.invitations, name="invitations"),
    path("meetings/<int:pk>/announce/", views.announce, name="announce"),
    path("meetings/<int:pk>/postpone/", views.postpone, name="postpone"),
    path("meetings/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("meetings/<int:pk>/hold/", views.hold, name="hold"),
    path("meetings/<int:pk>/close/", views.close, name="close"),
    path("meetings/<int:pk>/record/", views.record, name="record"),
    path("meetings/<int:pk>/documents/", views.documents, name="documents"),
    path("meetings/<int:pk>/history/", views.history, name="history"),
    path("invitations/<int:pk>/answer/", views.invitation_answer, name="invitation_answer"),
    path("invitations/<int:pk>/withdraw/", views.invitation_withdraw, name="invitation_withdraw"),
    path("attachments/<int:pk>/", views.attachment, name="attachment"),
    path("attachments/<int:pk>/remove/", views.attachment_remove, name="attachment_remove"),
]
