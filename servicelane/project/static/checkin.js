(() => {
  "use strict";

  const DAY = 24 * 60 * 60 * 1000;
  const LEFT_OUT = new Set(["csrfmiddlewaretoken", "once", "version", "signed"]);
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  function steps(form) {
    const sections = all("[data-step]", form);
    const buttons = all("[data-step-go]", form);
    const left = $("[data-step-left]", form);
    let at = Math.max(0, sections.findIndex((section) => $(".has-error, .field-error", section)));
    let farthest = at;

    function show(to, isMoved = true) {
      at = Math.max(0, Math.min(sections.length - 1, to));
      farthest = Math.max(farthest, at);
      sections.forEach((section, index) => (section.hidden = index !== at));
      buttons.forEach((button, index) => {
        if (index === at) button.setAttribute("aria-current", "step");
        else button.removeAttribute("aria-current");
        button.classList.toggle("is-done", index !== at && index <= farthest);
      });
      $("[data-step-back]", form).disabled = at === 0;
      $("[data-step-next]", form).hidden = at === sections.length - 1;
      $("[data-step-send]", form).hidden = at !== sections.length - 1;
      left.textContent = left.dataset.words.replace("{n}", at + 1).replace("{all}", sections.length);
      if (isMoved) {
        $("h2", sections[at]).scrollIntoView({ block: "center" });
        $("textarea, input:not([type=hidden]), select, button, a", sections[at])?.focus({ preventScroll: true });
      }
    }

    // The browser names a field that is missing only while it can be seen: the step that holds it is opened first.
    function complete() {
      const wrong = all("input, select, textarea", form).find((field) => !field.checkValidity());
      if (!wrong) return true;
      show(sections.indexOf(wrong.closest("[data-step]")), false);
      wrong.reportValidity();
      return false;
    }

    form.classList.add("is-stepwise");
    form.addEventListener("click", (event) => {
      const hit = (selector) => event.target.closest(selector);
      if (hit("[data-step-go]")) show(Number(hit("[data-step-go]").dataset.stepGo));
      if (hit("[data-step-back]")) show(at - 1);
      if (hit("[data-step-next]")) show(at + 1);
      if (hit("[data-step-send]") && !complete()) event.preventDefault();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
      event.preventDefault();
      if (at < sections.length - 1) show(at + 1);
    });
    show(at, false);
  }

  function phrases(form) {
    const asked = $("[data-phrases-into]", form);
    const words = document.getElementById(asked.dataset.phrasesInto);
    asked.addEventListener("click", (event) => {
      const phrase = event.target.closest("[data-phrase]")?.dataset.phrase;
      if (!phrase) return;
      const said = words.value.trimEnd();
      words.value = said ? said + asked.dataset.between + phrase : phrase;
      words.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  function walk(form) {
    const root = $("[data-walk]", form);
    const kept = document.getElementById(root.dataset.field);
    const field = $("[data-walk-field]", root);
    const list = $("[data-walk-list]", root);
    const row = $("[data-walk-row]", root);
    const zones = all("option[data-x]", row.content).map(({ value, dataset }) => ({
      zone: value,
      x: Number(dataset.x),
      y: Number(dataset.y),
    }));
    let marks = [];

    function read() {
      try {
        marks = JSON.parse(kept.value || "[]");
      } catch {
        marks = [];
      }
      draw();
    }

    function keep() {
      kept.value = JSON.stringify(marks);
      kept.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function nearest(x, y) {
      const far = (zone) => (zone.x - x) ** 2 + (zone.y - y) ** 2;
      return zones.reduce((best, zone) => (far(zone) < far(best) ? zone : best));
    }

    function kind() {
      return $("input[name=walk_kind]:checked", root).value;
    }

    function add(x, y, zone) {
      if (marks.length >= Number(root.dataset.most)) return;
      marks.push({ kind: kind(), zone, x, y, note: "", old: false });
      keep();
      draw();
      list.lastElementChild.querySelector("[data-mark=note]").focus({ preventScroll: true });
    }

    function draw() {
      const dots = $("[data-walk-marks]", root);
      dots.replaceChildren();
      list.replaceChildren();
      marks.forEach((mark, index) => {
        const dot = document.createElement("button");
        dot.type = "button";
        dot.className = mark.old ? "walk-dot is-old" : "walk-dot";
        dot.style.left = `${mark.x / 10}%`;
        dot.style.top = `${mark.y / 10}%`;
        dot.textContent = index + 1;
        dot.dataset.at = index;
        const line = row.content.cloneNode(true);
        $("[data-mark=zone]", line).value = mark.zone;
        $("[data-mark=kind]", line).value = mark.kind;
        $("[data-mark=note]", line).value = mark.note;
        $("[data-walk-old]", line).hidden = !mark.old;
        $(".walk-number", line).textContent = index + 1;
        $(".walk-number", line).classList.toggle("is-old", mark.old);
        $("li", line).dataset.at = index;
        dot.setAttribute("aria-label", `${index + 1} ${$("[data-mark=zone]", line).selectedOptions[0]?.text ?? ""}`);
        dots.append(dot);
        list.append(line);
      });
      $("[data-walk-count]", root).textContent = marks.length;
      $("[data-walk-none]", root).hidden = marks.length > 0;
      $("[data-walk-add]", root).disabled = marks.length >= Number(root.dataset.most);
    }

    let moved = null;

    function placeOf(event) {
      const box = field.getBoundingClientRect();
      const thousandths = (value) => Math.max(0, Math.min(1000, Math.round(value * 1000)));
      return [thousandths((event.clientX - box.left) / box.width), thousandths((event.clientY - box.top) / box.height)];
    }

    field.addEventListener("pointerdown", (event) => {
      const dot = event.target.closest(".walk-dot");
      moved = { at: dot ? Number(dot.dataset.at) : null, dot, isDragged: false };
      if (dot) {
        event.preventDefault();
        dot.setPointerCapture(event.pointerId);
      }
    });
    field.addEventListener("pointermove", (event) => {
      if (!moved?.dot) return;
      const [x, y] = placeOf(event);
      moved.isDragged = true;
      moved.dot.style.left = `${x / 10}%`;
      moved.dot.style.top = `${y / 10}%`;
    });
    field.addEventListener("pointerup", (event) => {
      if (!moved) return;
      const [x, y] = placeOf(event);
      const { at, isDragged } = moved;
      moved = null;
      const { zone } = nearest(x, y);
      if (at === null) add(x, y, zone);
      else if (isDragged) {
        Object.assign(marks[at], { x, y, zone });
        keep();
        draw();
      } else list.children[at]?.querySelector("[data-mark=note]").focus();
    });
    field.addEventListener("pointercancel", () => {
      moved = null;
      draw();
    });

    root.addEventListener("click", (event) => {
      if (event.target.closest("[data-walk-add]")) {
        const { x, y, zone } = zones[0];
        add(x, y, zone);
        list.lastElementChild?.querySelector("[data-mark=zone]").focus();
      }
      if (event.target.closest("[data-walk-remove]")) {
        marks.splice(Number(event.target.closest("li").dataset.at), 1);
        keep();
        draw();
      }
    });
    list.addEventListener("input", (event) => {
      const what = event.target.dataset.mark;
      if (!what) return;
      event.stopPropagation();
      const mark = marks[Number(event.target.closest("li").dataset.at)];
      mark[what] = event.target.value;
      if (what === "zone") {
        const { x, y } = zones.find(({ zone }) => zone === mark.zone);
        Object.assign(mark, { x, y });
        draw();
      }
      keep();
    });
    form.addEventListener("draft:restored", read);
    read();
  }

  // What was typed at the car outlives a lost connection and a closed tab; it stays on the device, for a day at most.
  function drafts(form) {
    const name = form.dataset.draft;
    const chip = $("[data-draft-kept]", form);
    const isRefused = Boolean($(".form-error", form));

    function values() {
      const found = {};
      for (const [key, value] of new FormData(form)) {
        if (!LEFT_OUT.has(key) && typeof value === "string") (found[key] ??= []).push(value);
      }
      return found;
    }

    function shown(at) {
      $("[data-draft-at]", form).textContent = new Date(at).toTimeString().slice(0, 5);
      chip.hidden = false;
    }

    function fill(found) {
      for (const control of form.elements) {
        if (!control.name || LEFT_OUT.has(control.name)) continue;
        const told = found[control.name];
        if (control.type === "checkbox" || control.type === "radio") control.checked = Boolean(told?.includes(control.value));
        else if (told) [control.value] = told;
      }
      form.dispatchEvent(new Event("draft:restored"));
    }

    let waiting = 0;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        if (!form.isConnected) return;
        const at = Date.now();
        try {
          localStorage.setItem(name, JSON.stringify({ at, values: values() }));
        } catch {
          return;
        }
        shown(at);
      }, 300);
    });

    const kept = read(name);
    if (kept && !isRefused) {
      fill(kept.values);
      shown(kept.at);
    }
  }

  function read(name) {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  }

  function clearOld() {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith("checkin-") && !(Date.now() - read(name)?.at < DAY)) localStorage.removeItem(name);
    }
  }

  function begin() {
    const form = $("form[data-steps]:not([data-begun])");
    if (!form) return;
    form.dataset.begun = "yes";
    phrases(form);
    walk(form);
    drafts(form);
    steps(form);
  }

  // The field stands in the drawing's step, its form behind the other one: what is chosen is sent at once.
  document.addEventListener("change", ({ target }) => {
    if (target.form?.id === "walk-photo") target.form.requestSubmit();
  });

  clearOld();
  begin();
  document.addEventListener("htmx:afterSettle", begin);
})();
