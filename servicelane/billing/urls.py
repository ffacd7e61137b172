"""Routes of billing."""

from django.urls import include, path

from . import booked_views, cash_views, documents, receivable_views, views

pages = [
    path("cashier/", views.desk, name="cashier"),
    path("cashier/days/", cash_views.cash_days, name="cash_days"),
    path("cashier/days/open", cash_views.open_day, name="open_day"),
    path("cashier/days/<int:pk>/", cash_views.cash_day, name="cash_day"),
    path("cashier/days/<int:pk>/close", cash_views.close_day, name="close_day"),
    path("cashier/receivables/", receivable_views.receivables, name="receivables"),
    path("cashier/receivables/<int:pk>/", receivable_views.receivable, name="receivable"),
    path("customers/<int:pk>/account", receivable_views.account, name="account"),
    path("orders/<int:pk>/settle", views.settle, name="settle"),
    path("orders/<int:pk>/discount", views.try_discount, name="try_discount"),
    path("orders/<int:pk>/discount/release", views.release_discount, name="release_discount"),
    path("orders/<int:pk>/pay", views.pay, name="pay"),
    path("bookings/<int:pk>/deposit", booked_views.take_deposit, name="take_booked_deposit"),
    path("bookings/<int:pk>/deposit/return", booked_views.return_deposit, name="return_booked_deposit"),
    path("bookings/<int:pk>/deposit/keep", booked_views.keep_deposit, name="keep_booked_deposit"),
    path("orders/<int:pk>/deposit", views.take_deposit, name="take_deposit"),
    path("orders/<int:pk>/deposit/return", views.return_deposit, name="return_deposit"),
    path("orders/<int:pk>/on-account", views.on_account, name="on_account"),
    path("orders/<int:pk>/charge", receivable_views.charge, name="charge"),
    path("orders/<int:pk>/exit-pass", views.issue_exit_pass, name="issue_exit_pass"),
    path("invoices/<int:pk>/", views.invoice, name="invoice"),
    path("invoices/<int:pk>/settlement.pdf", documents.settlement, name="settlement_pdf"),
    path("exit-passes/<int:pk>/exit-pass.pdf", documents.exit_pass, name="exit_pass_pdf"),
    path("invoices/<int:pk>/payments", views.take_payment, name="take_payment"),
    path("invoices/<int:pk>/refund", views.refund, name="refund"),
    path("invoices/<int:pk>/credit", views.credit, name="credit"),
    path("exit-passes/<int:pk>/", views.exit_pass, name="exit_pass"),
]
urlpatterns = [path("", include((pages, "billing")))]
