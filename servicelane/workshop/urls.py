"""Routes of the workshop."""

from django.urls import path

from .views import documents, floor, orders, plans, progress, requests, sheets, shop

app_name = "workshop"
urlpatterns = [
    path("workshop/", shop.shop, name="shop"),
    path("workshop/live", shop.shop_live, name="shop_live"),
    path("workshop/plan", plans.plan, name="plan"),
    path("workshop/plan/live", plans.plan_live, name="plan_live"),
    path("workshop/plan/free", plans.free, name="free"),
    path("workshop/plan/ask", plans.ask_plan, name="ask_plan"),
    path("workshop/plans/<int:pk>/cancel", plans.cancel_plan, name="cancel_plan"),
    path("workshop/plans/<int:pk>/accept", plans.accept_lines, name="accept_lines"),
    path("workshop/plans/<int:pk>/refuse", plans.refuse_lines, name="refuse_lines"),
    path("orders/<int:pk>/give", shop.give, name="give"),
    path("my-jobs/", floor.my_jobs, name="my_jobs"),
    path("my-jobs/questions", progress.questions, name="questions"),
    path("orders/<int:pk>/jobs/<int:job>/progress", progress.progress, name="progress"),
    path("orders/<int:pk>/delay", progress.tell_delay, name="tell_delay"),
    path("inspections/", floor.inspections, name="inspections"),
    path("washes/", floor.washes, name="washes"),
    path("orders/<int:pk>/jobs/<int:job>/start", orders.start, name="start"),
    path("orders/<int:pk>/jobs/<int:job>/pause", orders.pause, name="pause"),
    path("orders/<int:pk>/jobs/<int:job>/resume", orders.resume, name="resume"),
    path("orders/<int:pk>/jobs/<int:job>/finish", orders.finish, name="finish"),
    path("orders/<int:pk>/undo", orders.undo, name="undo"),
    path("orders/<int:pk>/jobs/<int:job>/clock", orders.clock_for, name="clock_for"),
    path("quality-checks/<int:pk>/inspection.pdf", documents.inspection, name="inspection_pdf"),
    path("orders/<int:pk>/jobs/<int:job>/photos", requests.photo, name="photo"),
    path("orders/<int:pk>/jobs/<int:job>/findings", requests.found, name="found"),
    path("orders/<int:pk>/jobs/<int:job>/parts-needed", requests.need_part, name="need_part"),
    path("orders/<int:pk>/jobs/<int:job>/help", requests.call_help, name="call_help"),
    path("orders/<int:pk>/requests/<int:asked>/close", requests.close, name="close_request"),
    path("orders/<int:pk>/sheet", sheets.sheet, name="sheet"),
    path("orders/<int:pk>/sheet/entries", sheets.fill, name="fill_sheet"),
    path("orders/<int:pk>/sheet/entries/<int:entry>/finding", sheets.report, name="report_entry"),
    path("orders/<int:pk>/sheet.pdf", sheets.sheet_pdf, name="sheet_pdf"),
    path("orders/<int:pk>/inspection", orders.send, name="send"),
    path("orders/<int:pk>/inspections", orders.inspect, name="inspect"),
    path("orders/<int:pk>/inspections/own", orders.inspect_own, name="inspect_own"),
    path("orders/<int:pk>/wash/start", orders.wash_start, name="wash_start"),
    path("orders/<int:pk>/wash/done", orders.wash_done, name="wash_done"),
    path("orders/<int:pk>/wash/skip", orders.wash_skip, name="wash_skip"),
    path("orders/<int:pk>/stop", orders.stop, name="stop"),
]
