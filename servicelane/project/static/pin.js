(() => {
  "use strict";

  const pad = document.querySelector("[data-pad]");
  const field = document.querySelector("#id_pin");
  if (!pad || !field) return;
  pad.hidden = false;
  // The pad is the keyboard: the device's own would cover it.
  field.inputMode = "none";
  document.querySelector("[data-padless]").hidden = true;
  pad.addEventListener("click", (event) => {
    const button = event.target.closest("[data-digit]");
    if (!button) return;
    field.value = button.dataset.digit ? field.value + button.dataset.digit : field.value.slice(0, -1);
  });
})();
