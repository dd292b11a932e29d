// Dialogs, menus, what is copied, and the word that must be typed.
import { tell } from "./toasts.js";

export function open(dialog) {
  if (!dialog.open) dialog.showModal();
}

document.addEventListener("click", async ({ target }) => {
  const opener = target.closest("[data-opens]");
  if (opener) {
    opener.closest("[data-menu]")?.removeAttribute("open");
    const dialog = document.getElementById(opener.dataset.opens);
    open(dialog);
    dialog.dispatchEvent(new Event("opened"));
  }
  const closer = target.closest("[data-closes]");
  if (closer) document.getElementById(closer.dataset.closes).close();
  if (target instanceof HTMLDialogElement) target.close(); // the backdrop

  const toggle = target.closest("[data-toggles]");
  if (toggle) {
    const shown = toggle.getAttribute("aria-expanded") !== "true";
    toggle.setAttribute("aria-expanded", String(shown));
    document.getElementById(toggle.dataset.toggles).classList.toggle("is-open", shown);
  }

  const copier = target.closest("[data-copy]");
  if (copier) {
    await navigator.clipboard.writeText(copier.dataset.copy);
    tell("Copied");
  }

  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("[data-menu][open]");
  if (!menu) return;
  menu.removeAttribute("open");
  menu.querySelector("summary").focus();
});

document.addEventListener("input", ({ target }) => {
  if (!target.dataset?.word) return;
  const typed = target.value.trim().toLowerCase();
  target.form.querySelector("[data-armed]").disabled = typed !== target.dataset.word.toLowerCase();
});

document.querySelector("[data-focus]")?.focus();
