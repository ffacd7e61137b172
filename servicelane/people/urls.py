"""Routes of people. The library's own route names stand outside the namespace: it looks them up itself."""

from django.urls import include, path

from .views import files, people, roles, second_factor, shifts, sign_in, store, terminal

pages = [
    path("store", store.switch_store, name="switch_store"),
    path("pin/", people.own_pin, name="own_pin"),
    path("sessions/", sign_in.own_sessions, name="own_sessions"),
    path("sessions/end", sign_in.end_session, name="end_session"),
    path("sessions/end-others", sign_in.end_other_sessions, name="end_other_sessions"),
    path("sign-in/code/", second_factor.sign_in_code, name="sign_in_code"),
    path("second-factor/", second_factor.own, name="second_factor"),
    path("second-factor/on", second_factor.switch_on, name="second_factor_on"),
    path("second-factor/codes", second_factor.new_codes, name="recovery_codes"),
    path("second-factor/off", second_factor.switch_off, name="second_factor_off"),
    path("terminal/", terminal.terminal, name="terminal"),
    path("terminal/<int:pk>/", terminal.switch, name="terminal_switch"),
    path("settings/terminals/", terminal.terminals, name="terminals"),
    path("settings/terminals/new", terminal.register_terminal, name="terminal_new"),
    path("settings/terminals/<int:pk>/revoke", terminal.revoke_terminal, name="terminal_revoke"),
    path("settings/roles/", roles.roles, name="roles"),
    path("people/", people.people, name="list"),
    path("people/new", people.new_person, name="new"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/change", people.change_person, name="change"),
    path("people/<int:pk>/pin", people.set_pin, name="pin"),
    path("people/<int:pk>/password", people.reset_password, name="reset_password"),
    path("people/<int:pk>/second-factor", second_factor.reset, name="reset_second_factor"),
    path("people/<int:pk>/leave", people.deactivate, name="deactivate"),
    path("people/<int:pk>/return", people.reactivate, name="reactivate"),
    path("people/<int:pk>/roles/new", files.grant_role, name="grant_role"),
    path("people/<int:pk>/roles/<int:membership>/withdraw", files.withdraw_role, name="withdraw_role"),
    path("people/<int:pk>/skills/set", files.set_skill, name="set_skill"),
    path("people/<int:pk>/skills/<int:held>/remove", files.remove_skill, name="remove_skill"),
    path("people/<int:pk>/certificates/new", files.add_certificate, name="add_certificate"),
    path(
        "people/<int:pk>/certificates/<int:certificate>/withdraw",
        files.withdraw_certificate,
        name="withdraw_certificate",
    ),
    path("people/shifts/", shifts.shifts, name="shifts"),
    path("people/attendance/", shifts.attendance, name="attendance"),
    path("people/shifts/<int:pk>/attendance", shifts.note_attendance, name="note_attendance"),
    path("people/shifts/new", shifts.new_shift, name="shift_new"),
    path("people/shifts/copy", shifts.copy_last_week, name="shift_copy"),
    path("people/shifts/<int:pk>/", shifts.shift, name="shift"),
    path("people/shifts/<int:pk>/cancel", shifts.cancel_shift, name="shift_cancel"),
]
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("password/", sign_in.own_password, name="account_change_password"),
    path("i18n/", sign_in.language, name="set_language"),
    path("", include((pages, "people"))),
]
