import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.errors import ServiceError, StaleVersion
from accounts.models import Membership, Role, User
from accounts.policies import Refused
from audit.models import Event
from tests.cast import PASSWORD, SINCE


def _new(cast, **changes):
    fields = {
        "actor": cast.ward_admin,
        "username": "nguyen.van.moi",
        "email": "moi@example.vn",
        "full_name": "Nguyễn Văn Mới",
        "unit": cast.ward_economy,
        "role": Role.OFFICER,
    }
    return services.create_person(**(fields | changes))


def _typed(**changes):
    fields = {
        "full_name": "Nguyễn Văn Mới",
        "username": "nguyen.van.moi",
        "email": "moi@example.vn",
        "unit": "Phòng Kinh tế, Hạ tầng và Đô thị, Phường Hoa Sen",
        "role": "officer",
        "valid_from": timezone.localdate().strftime("%d/%m/%Y"),
    }
    return fields | changes


def test_an_administrator_opens_an_account_and_the_person_chooses_the_password(cast, signed_in, mailoutbox):
    answer = signed_in("ward_admin").post(reverse("accounts:person_new"), _typed())
    created = User.objects.get(username="nguyen.van.moi")
    assert answer.status_code == 302
    assert not created.has_usable_password()
    assert [(m.unit, m.role) for m in created.memberships.all()] == [(cast.ward_economy, Role.OFFICER)]
    [letter] = mailoutbox
    assert letter.to == ["moi@example.vn"]
    link = re.search(r"http\S+", letter.body).group()

    stranger = Client()
    page = stranger.get(link, follow=True)
    done = stranger.post(page.request["PATH_INFO"], {"password1": "Song-Hong-2026x", "password2": "Song-Hong-2026x"})
    assert done.status_code == 302
    assert User.objects.get(pk=created.pk).check_password("Song-Hong-2026x")
    # The link works once.
    assert "password1" not in stranger.get(link, follow=True).content.decode()


def test_opening_an_account_is_recorded(cast):
    person = _new(cast)
    verbs = set(Event.objects.of(person).values_list("verb", flat=True))
    assert verbs == {"create_person", "give_role"}
    assert Event.objects.of(person).first().actor == cast.ward_admin


@pytest.mark.parametrize(
    "typed",
    [
        "Phòng Kinh tế, Hạ tầng và Đô thị",
        "phong kinh te, ha tang va do thi",
        "PHÒNG KINH TẾ, HẠ TẦNG VÀ ĐÔ THỊ, phường hoa sen",
    ],
)
def test_a_unit_is_named_by_typing_however_it_is_typed(typed, cast, signed_in):
    assert signed_in("ward_admin").post(reverse("accounts:person_new"), _typed(unit=typed)).status_code == 302


def test_a_name_that_two_units_have_needs_its_place(cast, signed_in):
    client = signed_in("system_admin")
    url = reverse("accounts:person_new")
    assert client.post(url, _typed(unit="Phòng Văn hóa - Xã hội")).status_code == 422
    assert client.post(url, _typed(unit="Phòng Văn hóa - Xã hội, Phường Bằng Lăng")).status_code == 302
    assert User.objects.get(username="nguyen.van.moi").memberships.get().unit == cast.sibling_department


@pytest.mark.parametrize("unit", ["ward_party", "ward_front", "sibling_committee", "province_committee"])
def test_an_administrator_opens_no_account_beside_or_above_the_own_unit(unit, cast):
    with pytest.raises(Refused):
        _new(cast, unit=getattr(cast, unit))
    assert not User.objects.filter(username="nguyen.van.moi").exists()


def test_the_form_does_not_offer_what_the_administrator_may_not_give(cast, signed_in):
    client = signed_in("ward_admin")
    foreign = client.post(reverse("accounts:person_new"), _typed(unit="Ủy ban nhân dân phường Bằng Lăng"))
    assert foreign.status_code == 422
    root = client.post(reverse("accounts:person_new"), _typed(role="system_admin"))
    assert root.status_code == 422
    assert not User.objects.filter(username="nguyen.van.moi").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "có dấu"},
        {"username": "a@b.vn"},
        {"username": "ab"},
        {"username": "VanThu"},
        {"email": "khong-phai-thu"},
        {"email": "VANTHU@example.vn"},
        {"full_name": "   "},
        {"full_name": "x" * 151},
        {"full_name": "a\x00b"},
        {"valid_from": "30/02/2026"},
        {"valid_from": "01/01/0001"},
        {"valid_to": "01/01/2020"},
        {"unit": ""},
        {"unit": "{{ 7|add:7 }}<script>"},
        {"role": "king"},
    ],
)
def test_wrong_input_comes_back_with_what_was_typed(wrong, cast, signed_in, mailoutbox):
    answer = signed_in("ward_admin").post(reverse("accounts:person_new"), _typed(**wrong))
    assert answer.status_code in {409, 422}
    assert "form-errors" in answer.content.decode()
    assert "moi@example.vn" in answer.content.decode() or "email" in wrong
    assert not User.objects.filter(full_name="Nguyễn Văn Mới").exists()
    assert mailoutbox == []


def test_html_in_a_name_is_shown_as_text(cast, signed_in):
    person = _new(cast, full_name="<b>{{ 7|add:7 }}</b>")
    page = signed_in("ward_admin").get(reverse("accounts:person", kwargs={"pk": person.pk})).content.decode()
    assert "&lt;b&gt;{{ 7|add:7 }}&lt;/b&gt;" in page


def test_names_are_unique_in_any_case_even_past_the_services(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="VANTHU", email="khac@example.vn", full_name="Khác")


def test_a_name_is_changed_and_recorded(cast, signed_in):
    officer = cast.department_officer
    fields = {"version": officer.version, "full_name": "Phạm Văn Kinh", "email": officer.email, "phone": "0900 000 000"}
    answer = signed_in("ward_admin").post(reverse("accounts:person_edit", kwargs={"pk": officer.pk}), fields)
    assert answer.status_code == 302
    saved = User.objects.get(pk=officer.pk)
    assert (saved.full_name, saved.full_name_folded, saved.version) == ("Phạm Văn Kinh", "pham van kinh", 2)
    assert Event.objects.of(saved).get(verb="edit_person").data == {"changed": ["full_name", "phone"]}


def test_a_stale_form_shows_both_and_loses_nothing(cast, signed_in):
    officer = cast.department_officer
    services.edit_person(officer, actor=cast.system_admin, version=1, full_name="Tên Người Khác Lưu")
    typed = {"version": 1, "full_name": "Tên Tôi Gõ", "email": officer.email}
    answer = signed_in("ward_admin").post(reverse("accounts:person_edit", kwargs={"pk": officer.pk}), typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Tên Tôi Gõ" in page and "Tên Người Khác Lưu" in page
    # Saving once more, having seen it, goes through.
    again = typed | {"version": int(re.search(r'name="version" value="(\d+)"', page).group(1))}
    assert signed_in("ward_admin").post(answer.request["PATH_INFO"], again).status_code == 302


def test_services_refuse_a_stale_version(cast):
    with pytest.raises(StaleVersion):
        services.edit_person(cast.department_officer, actor=cast.system_admin, version=7, full_name="Ai Đó")


def test_a_new_email_takes_the_library_addresses_along(cast):
    officer = cast.department_officer
    EmailAddress.objects.create(user=officer, email=officer.email, primary=True, verified=True)
    services.edit_person(officer, actor=cast.ward_admin, version=1, email="moi@example.vn")
    assert not EmailAddress.objects.filter(user=officer).exists()


def test_nobody_takes_over_an_account_that_reaches_beyond_the_own_units(cast, signed_in):
    """A ward's administrator can't redirect the e-mail of somebody who also works for the province."""
    Membership.objects.create(user=cast.superior_leader, unit=cast.ward_economy, role=Role.OFFICER, valid_from=SINCE)
    client = signed_in("ward_admin")
    assert client.get(reverse("accounts:person", kwargs={"pk": cast.superior_leader.pk})).status_code == 200
    for name in ("person_edit", "person_close"):
        assert client.get(reverse(f"accounts:{name}", kwargs={"pk": cast.superior_leader.pk})).status_code == 403
    assert (
        client.post(reverse("accounts:person_password_link", kwargs={"pk": cast.superior_leader.pk})).status_code == 403
    )
    with pytest.raises(Refused):
        services.edit_person(cast.superior_leader, actor=cast.ward_admin, version=1, email="toi@example.vn")


def test_the_account_of_a_system_administrator_is_out_of_reach(cast):
    Membership.objects.create(user=cast.system_admin, unit=cast.ward_economy, role=Role.OFFICER, valid_from=SINCE)
    Membership.objects.filter(user=cast.system_admin, role=Role.SYSTEM_ADMIN).update(unit=cast.ward_committee)
    with pytest.raises(Refused):
        services.deactivate_person(cast.system_admin, actor=cast.ward_admin)


def test_people_of_a_sibling_unit_are_not_found(cast, signed_in):
    client = signed_in("ward_admin")
    for name in ("person", "person_edit", "person_close", "role_give"):
        assert client.get(reverse(f"accounts:{name}", kwargs={"pk": cast.sibling_clerk.pk})).status_code == 404
    for name in ("person_reopen", "person_password_link"):
        assert client.post(reverse(f"accounts:{name}", kwargs={"pk": cast.sibling_clerk.pk})).status_code == 404
    assert client.get("/settings/people/99999999999999999999/").status_code == 404


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(cast, signed_in):
    session = signed_in("department_officer")
    url = reverse("accounts:profile")
    assert session.get(url).status_code == 200
    client = signed_in("ward_admin")
    close = reverse("accounts:person_close", kwargs={"pk": cast.department_officer.pk})
    assert client.get(close).status_code == 200
    assert client.post(close).status_code == 302
    assert session.get(url).status_code == 302
    client.post(reverse("accounts:person_reopen", kwargs={"pk": cast.department_officer.pk}))
    assert User.objects.get(pk=cast.department_officer.pk).is_active
    with pytest.raises(ServiceError):
        services.reactivate_person(cast.department_officer, actor=cast.ward_admin)


def test_nobody_closes_the_own_account(cast):
    with pytest.raises(Refused):
        services.deactivate_person(cast.system_admin, actor=cast.system_admin)


def test_no_link_goes_to_a_closed_account(cast, mailoutbox):
    services.deactivate_person(cast.department_officer, actor=cast.ward_admin)
    person = User.objects.get(pk=cast.department_officer.pk)
    with pytest.raises(ServiceError):
        services.send_password_link(person, actor=cast.ward_admin)
    assert mailoutbox == []


def test_a_mail_server_that_is_away_does_not_lose_the_account(cast, signed_in, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    answer = signed_in("ward_admin").post(reverse("accounts:person_new"), _typed(), follow=True)
    assert answer.status_code == 200
    assert "alert-danger" in answer.content.decode()
    assert User.objects.filter(username="nguyen.van.moi").exists()


def test_the_list_shows_the_people_of_the_administered_units_only(cast, signed_in):
    page = signed_in("ward_admin").get(reverse("accounts:people")).content.decode()
    assert "Phạm Văn Kinh Tế" in page
    assert "Bí Thư" not in page
    assert "Láng Giềng" not in page


def test_the_list_is_searched_without_diacritics_and_filtered(cast, signed_in):
    client = signed_in("system_admin")
    url = reverse("accounts:people")

    def found(**query):
        return {person.username for person in client.get(url, query).context["page_obj"]}

    assert found(q="kinh te") == {"canbokinhte"}
    assert found(role="supervisor") == {"mattran"}
    assert found(unit="bang lang") == {"vanthu2", "chutich2", "canbo2"}
    assert found(state="closed") == set()
    for strange in ({"q": "\x00"}, {"page": "x"}, {"role": "king"}, {"page": "99999"}):
        assert client.get(url, strange).status_code == 200


@pytest.mark.parametrize("rows", [5, 50])
def test_the_list_costs_the_same_however_long_it_is(rows, cast, signed_in, django_assert_max_num_queries):
    for number in range(rows):
        person = User.objects.create(
            username=f"nguoi{number}", email=f"nguoi{number}@example.vn", full_name=f"Người {number}"
        )
        Membership.objects.bulk_create(
            [
                Membership(user=person, unit=unit, role=Role.OFFICER, valid_from=SINCE - timedelta(days=number))
                for unit in (cast.ward_economy, cast.ward_culture)
            ]
        )
    client = signed_in("ward_admin")
    with django_assert_max_num_queries(8):
        assert client.get(reverse("accounts:people")).status_code == 200


@pytest.mark.parametrize("rows", [5, 50])
def test_one_person_costs_the_same_however_long_the_history(rows, cast, signed_in, django_assert_max_num_queries):
    officer = cast.department_officer
    Membership.objects.bulk_create(
        [
            Membership(
                user=officer,
                unit=cast.ward_culture,
                role=Role.OFFICER,
                valid_from=SINCE - timedelta(days=n + 1),
                valid_to=SINCE - timedelta(days=n + 1),
            )
            for n in range(rows)
        ]
    )
    for version in range(1, rows + 1):
        services.edit_person(officer, actor=cast.system_admin, version=version, full_name=f"Tên Thứ {version}")
    client = signed_in("ward_admin")
    with django_assert_max_num_queries(10):
        assert client.get(reverse("accounts:person", kwargs={"pk": officer.pk})).status_code == 200


def test_the_settings_index_links_only_to_pages_that_exist(cast, signed_in):
    client = signed_in("system_admin")
    page = client.get(reverse("accounts:settings")).content.decode()
    for url in set(re.findall(r'stretched-link" href="([^"]+)"', page)):
        assert client.get(url).status_code == 200, url


def test_the_own_page_shows_the_own_roles(cast, signed_in):
    page = signed_in("ward_clerk").get(reverse("accounts:profile")).content.decode()
    assert "Đảng ủy phường Hoa Sen" in page
    assert reverse("mfa_index") in page


def test_the_password_is_never_shown(cast, signed_in):
    page = signed_in("system_admin").get(reverse("accounts:person", kwargs={"pk": cast.ward_clerk.pk})).content.decode()
    assert cast.ward_clerk.password not in page
    assert PASSWORD not in page
