"""Who sees which opinion: a table written by hand."""

import pytest
from django.urls import reverse

from audit.models import Event
from feedback.models import Opinion, OpinionSearch
from feedback.services import transfer_opinion
from tests.feedback.factories import make_assignment, make_opinion

# petition, complaint, denunciation: recorded by the ward's clerk; nothing has been assigned.
SEES = {
    "ward_clerk": (True, True, True),  # received the denunciation
    "ward_leader": (True, True, False),
    "party_leader": (True, True, False),
    "front_supervisor": (True, True, False),
    "superior_leader": (True, True, False),
    "ward_admin": (True, True, False),
    "system_admin": (True, True, False),
    "department_officer": (True, False, False),
    "culture_officer": (True, False, False),
    "sibling_clerk": (False, False, False),
    "sibling_leader": (False, False, False),
    "sibling_officer": (False, False, False),
}
SECRET = {"complaint": "quyết định thu hồi đất", "denunciation": "nhận tiền của ông Bảy"}


@pytest.fixture
def three(cast):
    petition = make_opinion(cast)
    complaint = make_opinion(cast, petition.meeting, category="complaint", text=SECRET["complaint"], speaker="Bà Khiếu")
    denunciation = make_opinion(
        cast, petition.meeting, category="denunciation", text=SECRET["denunciation"], speaker="Ông Tố Giác"
    )
    return petition, complaint, denunciation


@pytest.mark.parametrize("person", sorted(SEES))
def test_the_list_and_the_pages_show_what_the_table_says(cast, signed_in, three, person):
    expected = SEES[person]
    visible = set(Opinion.objects.visible_to(cast.people[person]))
    assert tuple(opinion in visible for opinion in three) == expected
    client = signed_in(person)
    codes = [client.get(reverse("feedback:opinion", args=[one.pk])).status_code for one in three]
    assert codes == [200 if sees else 404 for sees in expected]
    listing = client.get(reverse("feedback:opinions")).content.decode()
    assert [three[0].text in listing, *(SECRET[one] in listing for one in SECRET)] == list(expected)


@pytest.mark.parametrize("person", ["ward_leader", "front_supervisor", "department_officer", "system_admin"])
@pytest.mark.parametrize("page", ["meeting_opinions", "advance", "previous_outcomes"])
def test_no_page_of_the_meeting_tells_of_a_denunciation(cast, signed_in, three, person, page):
    transfer_opinion(three[2], actor=cast.ward_clerk, transferred_to="Thanh tra", reason="Luật Tố cáo")
    content = signed_in(person).get(reverse(f"feedback:{page}", args=[three[0].meeting_id])).content.decode()
    assert SECRET["denunciation"] not in content
    assert "Ông Tố Giác" not in content
    assert "Thanh tra" not in content


def test_another_clerk_at_the_entry_form_is_not_offered_the_denouncers_name(cast, signed_in, three):
    content = signed_in("ward_leader").get(reverse("feedback:entry", args=[three[0].meeting_id])).content.decode()
    assert "Ông Tố Giác" not in content
    assert "Nguyễn Văn Dân" in content
    mine = signed_in("ward_clerk").get(reverse("feedback:entry", args=[three[0].meeting_id])).content.decode()
    assert "Ông Tố Giác" in mine


def test_the_public_sees_neither_complaint_nor_denunciation(three):
    assert list(Opinion.objects.published()) == [three[0]]
    assert not OpinionSearch.objects.filter(opinion=three[2]).exists()


def test_a_transferred_denunciation_stays_with_its_receiver(cast, three):
    transfer_opinion(three[2], actor=cast.ward_clerk, transferred_to="Thanh tra", reason="Luật Tố cáo")
    assert three[2] in Opinion.objects.visible_to(cast.ward_clerk)
    assert three[2] not in Opinion.objects.visible_to(cast.ward_leader)


def test_the_lead_department_elsewhere_sees_its_opinion_alone(cast, signed_in, three):
    assert not Opinion.objects.visible_to(cast.sibling_officer).exists()
    make_assignment(cast, three[0], lead_department=cast.sibling_department)
    assert list(Opinion.objects.visible_to(cast.sibling_officer)) == [three[0]]
    assert not Opinion.objects.visible_to(cast.sibling_clerk).exists()
    content = signed_in("sibling_officer").get(reverse("feedback:inbox")).content.decode()
    assert "Kiểm tra hiện trường" in content


REVEALS = {
    "ward_clerk": 200,
    "ward_leader": 200,
    "department_officer": 200,  # leads the assignment
    "culture_officer": 403,
    "front_supervisor": 403,
    "superior_leader": 403,
    "sibling_clerk": 404,
    "sibling_officer": 404,
}


@pytest.mark.parametrize("person", sorted(REVEALS))
def test_personal_data_are_folded_and_each_look_is_kept(cast, signed_in, person):
    opinion = make_opinion(cast)
    make_assignment(cast, opinion)
    client = signed_in(person)
    page = client.get(reverse("feedback:opinion", args=[opinion.pk])).content.decode()
    assert "0912345678" not in page and "Nguyễn Văn Dân" not in page
    assert not Event.objects.filter(verb="open_personal_data").exists()
    answer = client.post(reverse("feedback:reveal", args=[opinion.pk]))
    assert answer.status_code == REVEALS[person]
    assert ("0912345678" in answer.content.decode()) == (REVEALS[person] == 200)
    assert Event.objects.filter(verb="open_personal_data", actor=cast.people[person]).exists() == (
        REVEALS[person] == 200
    )


def test_with_htmx_only_the_fold_comes_back(cast, signed_in):
    opinion = make_opinion(cast)
    answer = signed_in("ward_clerk").post(reverse("feedback:reveal", args=[opinion.pk]), headers={"HX-Request": "true"})
    content = answer.content.decode()
    assert "0912345678" in content and "<html" not in content
