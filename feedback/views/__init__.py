from django.http import Http404


def _not_yet(request, **kwargs):
    raise Http404


opinions = opinion = opinion_edit = reveal = answer = take_up = assign = transfer = comment = withdraw = _not_yet
accept_reply = send_back = decide_extension = meeting_opinions = entry = advance = previous_outcomes = _not_yet
inbox = assignment = accept = return_ = progress = extend = reply = reply_document = field_departments = _not_yet
