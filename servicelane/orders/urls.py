"""Routes of orders."""

from django.urls import include, path

from .views import catalogue, customer, documents, jobs, links, orders, photos

pages = [
    path("orders/", orders.orders, name="list"),
    path("orders/<int:pk>/", orders.order, name="order"),
    path("orders/<int:pk>/repair-order.pdf", documents.repair_order, name="repair_order_pdf"),
    path("estimates/<int:pk>/estimate.pdf", documents.estimate, name="estimate_pdf"),
    path("orders/<int:pk>/news", orders.news, name="news"),
    path("orders/<int:pk>/photos", photos.add_photo, name="add_photo"),
    path("orders/<int:pk>/photos/<int:photo>.jpg", photos.photo, name="photo"),
    path("orders/<int:pk>/proposal", orders.proposal, name="proposal"),
    path("orders/<int:pk>/promise", orders.promise, name="promise"),
    path("orders/<int:pk>/cancel", orders.cancel, name="cancel"),
    path("orders/<int:pk>/reopen", orders.reopen, name="reopen"),
    path("orders/<int:pk>/holds", orders.hold, name="hold"),
    path("orders/<int:pk>/holds/<slug:reason>/end", orders.release, name="release"),
    path("orders/<int:pk>/comeback", orders.comeback, name="comeback"),
    path("orders/<int:pk>/jobs", jobs.add_job, name="add_job"),
    path("orders/<int:pk>/packages", jobs.add_package, name="add_package"),
    path("orders/<int:pk>/jobs/<int:job>/change", jobs.change_job, name="change_job"),
    path("orders/<int:pk>/jobs/<int:job>/drop", jobs.drop_job, name="drop_job"),
    path("orders/<int:pk>/jobs/<int:job>/parts", jobs.add_part, name="add_part"),
    path("orders/<int:pk>/parts/<int:line>/remove", jobs.remove_part, name="remove_part"),
    path("orders/<int:pk>/parts/<int:line>/issue", jobs.issue_parts, name="issue_parts"),
    path("orders/<int:pk>/parts/<int:line>/return", jobs.return_parts, name="return_parts"),
    path("orders/<int:pk>/estimates", jobs.make_estimate, name="make_estimate"),
    path("orders/<int:pk>/estimates/<int:estimate>/answer", jobs.take_answer, name="take_answer"),
    path("orders/<int:pk>/estimates/<int:estimate>/release", jobs.release_work, name="release_work"),
    path("orders/<int:pk>/findings", jobs.report_finding, name="report_finding"),
    path("orders/<int:pk>/findings/<int:finding>/price", jobs.price_finding, name="price_finding"),
    path("orders/<int:pk>/findings/<int:finding>/dismiss", jobs.dismiss_finding, name="dismiss_finding"),
    path("orders/<int:pk>/estimates/<int:estimate>/link", links.make_answer_link, name="make_answer_link"),
    path("orders/<int:pk>/progress-link", links.make_progress_link, name="make_progress_link"),
    path("orders/<int:pk>/links/<int:link>/withdraw", links.withdraw_link, name="withdraw_link"),
    path("c/answer/<str:token>/", customer.answer, name="customer_answer"),
    path("c/answer/<str:token>/photos/<int:photo>.jpg", customer.answer_photo, name="customer_photo"),
    path("c/progress/<str:token>/", customer.progress, name="customer_progress"),
    path("settings/operations/", catalogue.operations, name="operations"),
    path("settings/operations/<int:pk>/needs", catalogue.operation_needs, name="operation_needs"),
    path("settings/rates/", catalogue.rates, name="rates"),
    path("settings/rates/set", catalogue.set_rate, name="set_rate"),
]
urlpatterns = [path("", include((pages, "orders")))]
