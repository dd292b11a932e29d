// A form that takes its time is sent once, and says what it waits for.
document.addEventListener("submit", ({ target }) => {
  const button = target.dataset.once && target.querySelector("button:not([type=button])");
  if (!button) return;
  button.dataset.verb = button.textContent;
  button.textContent = target.dataset.once;
  button.disabled = true;
  target.setAttribute("aria-busy", "true");
});

addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.querySelectorAll("[data-once][aria-busy]")) {
    const button = form.querySelector("[data-verb]");
    button.textContent = button.dataset.verb;
    button.disabled = false;
    form.removeAttribute("aria-busy");
  }
});
