import pytest
from django.urls import reverse

from tests.accounts.access import ACCESS, kwargs_for


@pytest.mark.parametrize("name", sorted(ACCESS))
def test_each_role_gets_the_expected_code(name, cast, signed_in):
    url = reverse(name, kwargs=kwargs_for(name, cast))
    assert {person: signed_in(person).get(url).status_code for person in ACCESS[name]} == ACCESS[name]
