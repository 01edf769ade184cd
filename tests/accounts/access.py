"""Who gets what on the pages of accounts and audit."""

ADMINS_ONLY = {
    "anonymous": 302,
    "ward_clerk": 403,
    "ward_leader": 403,
    "department_officer": 403,
    "front_supervisor": 403,
    "sibling_clerk": 403,
    "superior_leader": 403,
    "ward_admin": 200,
    "system_admin": 200,
}
POST_BY_ADMINS = ADMINS_ONLY | {"ward_admin": 405, "system_admin": 405}
EVERYBODY = dict.fromkeys(ADMINS_ONLY, 200) | {"anonymous": 302}

ACCESS = {
    "accounts:settings": ADMINS_ONLY,
    "accounts:people": ADMINS_ONLY,
    "accounts:person": ADMINS_ONLY,
    "accounts:person_new": ADMINS_ONLY,
    "accounts:person_edit": ADMINS_ONLY,
    "accounts:person_close": ADMINS_ONLY,
    "accounts:person_reopen": POST_BY_ADMINS,
    "accounts:person_password_link": POST_BY_ADMINS,
    "accounts:role_give": ADMINS_ONLY,
    "accounts:role_end": ADMINS_ONLY,
    "accounts:units": ADMINS_ONLY,
    "accounts:unit": ADMINS_ONLY,
    "accounts:unit_new": ADMINS_ONLY,
    "accounts:unit_edit": ADMINS_ONLY,
    "accounts:unit_dissolve": ADMINS_ONLY,
    "accounts:unit_options": EVERYBODY,
    "accounts:localities": EVERYBODY,
    "accounts:locality": EVERYBODY,
    "accounts:locality_options": EVERYBODY,
    "accounts:residential_area_new": ADMINS_ONLY,
    "accounts:profile": EVERYBODY,
    "accounts:switch": dict.fromkeys(EVERYBODY, 405) | {"anonymous": 302},
    "audit:events": ADMINS_ONLY,
}


def kwargs_for(name, cast):
    """The officer of a department below the ward's People's Committee, which the ward's administrator manages."""
    record = {
        "accounts:role_end": lambda: cast.department_officer.memberships.get(),
        "accounts:role_give": lambda: cast.department_officer,
        "accounts:unit": lambda: cast.ward_economy,
        "accounts:unit_edit": lambda: cast.ward_economy,
        "accounts:unit_dissolve": lambda: cast.ward_economy,
        "accounts:locality": lambda: cast.ward,
        "accounts:residential_area_new": lambda: cast.ward,
    }
    if name.startswith("accounts:person") and name != "accounts:person_new":
        return {"pk": cast.department_officer.pk}
    return {"pk": record[name]().pk} if name in record else {}
