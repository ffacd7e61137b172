(() => {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);
  const year = 60 * 60 * 24 * 365;

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      const field = $("#find");
      if (!field || field.offsetParent === null) return;
      event.preventDefault();
      field.focus();
      field.select();
    }
    if (event.key === "Escape") closeMenus();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") walkFound(event);
  });

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu === except) continue;
      if (menu.contains(document.activeElement)) $("summary", menu).focus();
      menu.open = false;
    }
    const field = $("#find");
    if (!except && field && document.activeElement?.closest(".find")) {
      $("#found").replaceChildren();
      field.blur();
    }
  }

  function walkFound(event) {
    const find = event.target.closest?.(".find");
    if (!find) return;
    const stops = [$("#find"), ...find.querySelectorAll("#found a")];
    const at = stops.indexOf(document.activeElement);
    const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest?.(selector);
    closeMenusOutside(hit("details.menu"));
    if (hit("[data-fold]")) fold(hit("[data-fold]"));
    if (hit("[data-open]")) $(`#${CSS.escape(hit("[data-open]").dataset.open)}`)?.showModal();
    if (hit("[data-close]")) hit("dialog")?.close();
    if (hit("[data-back]")) history.back();
    if (hit("[data-print]")) window.print();
    if (hit("[data-copy]")) copy(hit("[data-copy]"));
    if (hit('[aria-disabled="true"]')) event.preventDefault();
  });

  function closeMenusOutside(menu) {
    for (const open of document.querySelectorAll("details.menu[open]")) {
      if (open !== menu) open.open = false;
    }
  }

  function fold(button) {
    const root = document.documentElement;
    const folded = root.dataset.nav !== "folded";
    root.dataset.nav = folded ? "folded" : "open";
    button.setAttribute("aria-expanded", String(!folded));
    document.cookie = `nav=${root.dataset.nav};path=/;max-age=${year};SameSite=Lax`;
  }

  async function copy(button) {
    await navigator.clipboard?.writeText(button.dataset.copy);
    button.classList.add("is-copied");
    setTimeout(() => button.classList.remove("is-copied"), 1500);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
  });

  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(free));

  function free(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }

  document.addEventListener("htmx:beforeProcessNode", (event) => {
    const form = event.target;
    const isOurs = form.matches("main form[method=post]:not([data-plain], [hx-post], [hx-boost])");
    if (isOurs) form.setAttribute("hx-boost", "true");
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const source = event.detail.elt;
    if (source.matches("[data-live]")) {
      if (isPaused(source)) event.preventDefault();
      return;
    }
    if (source.matches("form")) {
      if (source.dataset.sent) {
        event.preventDefault();
        return;
      }
      source.dataset.sent = "yes";
      event.detail.requestConfig.triggeringEvent?.submitter?.setAttribute("aria-busy", "true");
    }
  });

  function isPaused(fragment) {
    const typing = document.activeElement;
    return (
      document.hidden ||
      Boolean($("dialog[open]")) ||
      Boolean($("[data-dragging]")) ||
      (fragment.contains(typing) && typing.matches("input, select, textarea, [contenteditable]"))
    );
  }

  document.addEventListener("htmx:afterRequest", (event) => {
    const source = event.detail.elt;
    if (source.matches("form")) free(source);
    if (source.matches("[data-live]")) source.classList.toggle("is-stale", event.detail.failed === true);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, elt, requestConfig } = event.detail;
    if (elt.matches("[data-live]")) {
      if (event.detail.isError) event.detail.shouldSwap = false;
      return;
    }
    const isProblem = xhr.getResponseHeader("HX-Retarget") === "#problem";
    if (isProblem) {
      event.detail.shouldSwap = true;
      event.detail.swapOverride = "outerHTML";
      return;
    }
    if (event.detail.isError && requestConfig.verb !== "get") unreachable();
    if (!event.detail.isError && requestConfig.verb !== "get") clearProblem();
  });

  document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
    if (event.detail.xhr.status >= 400) event.detail.history.type = null;
  });

  document.addEventListener("htmx:sendError", (event) => {
    if (!event.detail.elt.matches("[data-live]")) unreachable();
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const problem = $("#problem.refusal");
    const wrong = $("[aria-invalid=true]");
    if (problem && event.detail.target.id === "problem") show(problem);
    else if (event.detail.target === document.body) (wrong ?? $("#main"))?.focus({ preventScroll: !wrong });
  });

  document.addEventListener("DOMContentLoaded", settle);
  document.addEventListener("htmx:afterSettle", settle);

  function settle() {
    for (const wrap of document.querySelectorAll(".table-wrap")) {
      if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
      else wrap.removeAttribute("tabindex");
    }
    const tab = $(".tabs [aria-current]");
    const tabs = tab?.parentElement;
    if (tabs) tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.clientWidth) / 2;
  }

  function unreachable() {
    const words = $("#unreachable");
    const place = $("#problem");
    if (!words || !place) return;
    const panel = words.content.firstElementChild.cloneNode(true);
    place.replaceWith(panel);
    show(panel);
  }

  function show(panel) {
    panel.scrollIntoView({ block: "nearest" });
    panel.focus({ preventScroll: true });
  }

  function clearProblem() {
    const panel = $("#problem.refusal");
    if (!panel) return;
    const empty = document.createElement("div");
    empty.id = "problem";
    empty.tabIndex = -1;
    panel.replaceWith(empty);
  }
})();
