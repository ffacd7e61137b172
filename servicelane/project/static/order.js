(() => {
  "use strict";

  const MINUS = "\u2212";

  function written(seconds) {
    const hours = Math.floor(seconds / 3600);
    const two = (number) => String(number).padStart(2, "0");
    const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    return hours ? `${hours}:${rest}` : rest;
  }

  // A device's own clock may be wrong by hours: each drawn clock says what time the system had, and runs on from there.
  const drawn = new WeakMap();

  function presentOf(clock) {
    let known = drawn.get(clock);
    if (known?.now !== clock.dataset.now) {
      known = { now: clock.dataset.now, ahead: Date.parse(clock.dataset.now) - Date.now() };
      drawn.set(clock, known);
    }
    return Date.now() + known.ahead;
  }

  function tick() {
    for (const clock of document.querySelectorAll("time[data-since]")) {
      clock.textContent = written(Math.max(0, Math.floor((presentOf(clock) - Date.parse(clock.dataset.since)) / 1000)));
    }
    for (const clock of document.querySelectorAll("time[data-until]")) {
      const left = Math.floor((Date.parse(clock.dataset.until) - presentOf(clock)) / 1000);
      clock.textContent = left >= 0 ? MINUS + written(left) : `+${written(-left)}`;
    }
    for (const clock of document.querySelectorAll("time[data-left]")) {
      const left = Math.ceil((Date.parse(clock.dataset.left) - presentOf(clock)) / 1000);
      clock.textContent = written(Math.max(0, left));
      if (left <= 0) clock.closest("[data-fleeting]")?.remove();
    }
  }

  tick();
  setInterval(tick, 1000);

  // The time that the workshop can keep fills an untouched field; one that is earlier, and not in force, asks why.
  function weigh(proposal) {
    const field = document.getElementById(proposal.dataset.field);
    const why = document.querySelector(`[data-earlier="${proposal.dataset.field}"]`);
    if (!field || !why || why.querySelector(".field-error")) return;
    why.hidden = !field.value || field.value >= proposal.dataset.proposed || field.value === proposal.dataset.inForce;
  }

  document.addEventListener("htmx:load", (event) => {
    for (const proposal of event.target.parentElement?.querySelectorAll("[data-proposed]") ?? []) {
      const field = document.getElementById(proposal.dataset.field);
      if ("fill" in proposal.dataset && field?.value === field?.defaultValue) field.value = proposal.dataset.proposed;
      weigh(proposal);
    }
  });

  document.addEventListener("input", (event) => {
    for (const proposal of document.querySelectorAll("[data-proposed]")) {
      if (proposal.dataset.field === event.target.id) weigh(proposal);
    }
  });

  document.addEventListener("click", (event) => {
    const proposal = event.target.closest("[data-take-proposed]")?.closest("[data-proposed]");
    const field = proposal && document.getElementById(proposal.dataset.field);
    if (!field) return;
    field.value = proposal.dataset.proposed;
    weigh(proposal);
    field.focus();
  });

  const WIDTH = 1000;
  const HEIGHT = 400;
  const CLOSEST = 4;
  let drawing = null;

  function pathOf(strokes) {
    return strokes
      .map((stroke) => {
        let path = "";
        for (let at = 0; at < stroke.length; at += 2) path += `${at ? "L" : "M"}${stroke[at]} ${stroke[at + 1]}`;
        return path;
      })
      .join("");
  }

  function strokesOf(field) {
    try {
      return JSON.parse(field.querySelector("input").value || "[]");
    } catch {
      return [];
    }
  }

  function keep(field, strokes) {
    field.querySelector("input").value = strokes.length ? JSON.stringify(strokes) : "";
    field.querySelector(".signature-ink").setAttribute("d", pathOf(strokes));
  }

  function pointOf(pad, event) {
    const box = pad.getBoundingClientRect();
    const limit = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [
      limit(((event.clientX - box.left) / box.width) * WIDTH, WIDTH),
      limit(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT),
    ];
  }

  document.addEventListener("pointerdown", (event) => {
    const pad = event.target.closest?.(".signature-pad");
    if (!pad) return;
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    const field = pad.closest("[data-signature]");
    drawing = { field, pad, strokes: strokesOf(field), stroke: pointOf(pad, event) };
  });

  document.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const [x, y] = pointOf(drawing.pad, event);
    const { stroke } = drawing;
    if (Math.abs(stroke.at(-2) - x) + Math.abs(stroke.at(-1) - y) < CLOSEST) return;
    stroke.push(x, y);
    drawing.field.querySelector(".signature-ink").setAttribute("d", pathOf([...drawing.strokes, stroke]));
  });

  function lift() {
    if (!drawing) return;
    const { field, strokes, stroke } = drawing;
    drawing = null;
    if (stroke.length >= 4) strokes.push(stroke);
    keep(field, strokes);
  }

  document.addEventListener("pointerup", lift);
  document.addEventListener("pointercancel", lift);

  document.addEventListener("click", (event) => {
    const clear = event.target.closest?.("[data-signature-clear]");
    if (clear) keep(clear.closest("[data-signature]"), []);
  });

  function restore() {
    for (const field of document.querySelectorAll("[data-signature]")) keep(field, strokesOf(field));
  }

  // A car that is checked in needs no draft on the device any more.
  function forgetDrafts() {
    for (const done of document.querySelectorAll("[data-draft-done]")) localStorage.removeItem(done.dataset.draftDone);
  }

  for (const moment of ["DOMContentLoaded", "htmx:afterSettle"]) {
    document.addEventListener(moment, restore);
    document.addEventListener(moment, forgetDrafts);
  }
})();
