(() => {
  "use strict";

  // What a form costs to fill in, sent along with it: fields, presses, seconds. A refused form brings its count back.
  function measure(form) {
    const kept = form.querySelector("[name=effort]");
    const [before = 0, pressed = 0, spent = 0] = (kept.value || "").split(",").map(Number);
    const began = performance.now();
    const filled = new Set();
    let clicks = pressed;
    form.addEventListener("input", (event) => filled.add(event.target.name));
    // A key that presses a button is told apart by the count of presses, which is 0.
    const count = (event) => (clicks += event.detail ? 1 : 0);
    document.addEventListener("click", count, true);
    form.addEventListener("submit", () => {
      document.removeEventListener("click", count, true);
      const fields = Math.max(before, filled.size);
      kept.value = [fields, clicks, spent + Math.round((performance.now() - began) / 1000)].join(",");
    });
  }

  function begin() {
    const form = document.querySelector("form[data-effort]:not([data-begun])");
    if (!form) return;
    form.dataset.begun = "yes";
    measure(form);
  }

  begin();
  document.addEventListener("htmx:afterSettle", begin);
})();
