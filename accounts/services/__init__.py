"""Everything that writes localities, units, people and their roles."""

from accounts.services.areas import add_residential_area
from accounts.services.people import (
    create_person,
    deactivate_person,
    edit_person,
    reactivate_person,
    send_password_link,
)
from accounts.services.roles import end_role, give_role, switch_acting
from accounts.services.units import create_unit, dissolve_unit, edit_unit

__all__ = [
    "add_residential_area",
    "create_person",
    "create_unit",
    "deactivate_person",
    "dissolve_unit",
    "edit_person",
    "edit_unit",
    "end_role",
    "give_role",
    "reactivate_person",
    "send_password_link",
    "switch_acting",
]
