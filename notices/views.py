def _later(request, pk=None):
    raise NotImplementedError


notice_list = meeting_notice = draft = detail = edit = preview = pdf = submit = _later
approve = return_with_remark = issue = publish = _later
