from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notice_list, name="list"),
    path("meetings/<int:pk>/notice/", views.meeting_notice, name="meeting_notice"),
    path("meetings/<int:pk>/notice/draft/", views.draft, name="draft"),
    path("meetings/<int:pk>/notice/progress/", views.progress, name="progress"),
    path("meetings/<int:pk>/notice/extend/", views.extend, name="extend"),
    path("notices/extensions/<int:pk>/", views.decide_extension, name="decide_extension"),
    path("meetings/<int:pk>/deadline-sheet.pdf", views.meeting_sheet, name="deadline_sheet"),
    path("assignments/<int:pk>/deadline-sheet.pdf", views.assignment_sheet, name="assignment_sheet"),
    path("notices/<int:pk>/", views.detail, name="detail"),
    path("notices/<int:pk>/edit/", views.edit, name="edit"),
    path("notices/<int:pk>/preview/", views.preview, name="preview"),
    path("notices/<int:pk>/pdf/", views.pdf, name="pdf"),
    path("notices/<int:pk>/submit/", views.submit, name="submit"),
    path("notices/<int:pk>/approve/", views.approve, name="approve"),
    path("notices/<int:pk>/return/", views.return_with_remark, name="return"),
    path("notices/<int:pk>/issue/", views.issue, name="issue"),
    path("notices/<int:pk>/publish/", views.publish, name="publish"),
]
