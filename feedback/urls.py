from django.urls import path

from feedback import views

app_name = "feedback"
urlpatterns = [
    path("opinions/", views.opinions, name="opinions"),
    path("opinions/<int:pk>/", views.opinion, name="opinion"),
    path("opinions/<int:pk>/edit/", views.opinion_edit, name="opinion_edit"),
    path("opinions/<int:pk>/personal-data/", views.reveal, name="reveal"),
    path("opinions/<int:pk>/answer/", views.answer, name="answer"),
    path("opinions/<int:pk>/take-up/", views.take_up, name="take_up"),
    path("opinions/<int:pk>/assign/", views.assign, name="assign"),
    path("opinions/<int:pk>/transfer/", views.transfer, name="transfer"),
    path("opinions/<int:pk>/comment/", views.comment, name="comment"),
    path("assignments/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("replies/<int:pk>/accept/", views.accept_reply, name="accept_reply"),
    path("replies/<int:pk>/send-back/", views.send_back, name="send_back"),
    path("extensions/<int:pk>/decide/", views.decide_extension, name="decide_extension"),
    path("meetings/<int:pk>/opinions/", views.meeting_opinions, name="meeting_opinions"),
    path("meetings/<int:pk>/opinions/new/", views.entry, name="entry"),
    path("meetings/<int:pk>/advance/", views.advance, name="advance"),
    path("meetings/<int:pk>/previous/", views.previous_outcomes, name="previous_outcomes"),
    path("inbox/", views.inbox, name="inbox"),
    path("assignments/<int:pk>/", views.assignment, name="assignment"),
    path("assignments/<int:pk>/accept/", views.accept, name="accept"),
    path("assignments/<int:pk>/return/", views.return_, name="return"),
    path("assignments/<int:pk>/progress/", views.progress, name="progress"),
    path("assignments/<int:pk>/extend/", views.extend, name="extend"),
    path("assignments/<int:pk>/pause/", views.pause, name="pause"),
    path("assignments/<int:pk>/resume/", views.resume, name="resume"),
    path("assignments/<int:pk>/reply/", views.reply, name="reply"),
    path("reply-documents/<int:pk>/", views.reply_document, name="reply_document"),
    path("settings/fields/", views.field_departments, name="field_departments"),
]
