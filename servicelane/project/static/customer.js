(() => {
  "use strict";

  const form = document.querySelector("[data-ask]");
  if (!form) return;
  const send = form.querySelector(".send");

  function write(selector, text) {
    for (const place of form.querySelectorAll(selector)) place.textContent = text;
  }

  function count() {
    let agreed = 0;
    let later = 0;
    let fen = 0;
    const jobs = form.querySelectorAll("[data-fen]");
    for (const job of jobs) {
      const chosen = job.querySelector("input:checked");
      if (chosen?.value === "agree") {
        agreed += 1;
        fen += Number(job.dataset.fen);
      } else if (chosen) later += 1;
    }
    write("[data-agreed]", agreed);
    write("[data-later]", later);
    const yuan = (fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    write("[data-sum]", `\u00a5${yuan}`);
    const state = agreed ? "some" : "none";
    send.dataset.state = agreed + later < jobs.length ? "open" : state;
  }

  form.addEventListener("change", count);
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  // Back from the next page, the form may be sent again; the server takes one answer.
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    count();
  });
})();
