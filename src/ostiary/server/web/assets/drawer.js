// A row's own page, beside the list: the same component, without what stands around it.
import htmx from "htmx.org";
import { open } from "./dialogs.js";
import { currentRow, makeCurrent, place, step } from "./lists.js";
import { tell } from "./toasts.js";

const drawer = document.getElementById("drawer");
const body = document.getElementById("drawer-body");
let asked = 0;

export async function show(row) {
  const address = row?.dataset.href;
  if (!address || !drawer) return;
  makeCurrent(row);
  const mine = ++asked;
  const answer = await fetch(address, { headers: { "X-Ostiary-Drawer": "1" } }).catch(() => null);
  if (mine !== asked) return;
  if (!answer) return tell("The server does not answer. Try again.");
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) return location.assign(elsewhere);
  body.innerHTML = await answer.text();
  htmx.process(body);
  drawer.querySelector("[data-drawer-open]").href = address;
  drawer.querySelector("[data-drawer-place]").textContent = place(row);
  open(drawer);
  body.scrollTop = 0;
  document.dispatchEvent(new Event("drawn"));
}

document.addEventListener("click", ({ target }) => {
  const stepper = target.closest("[data-drawer-step]");
  if (stepper) return show(step(Number(stepper.dataset.drawerStep)));
  const row = target.closest("[data-row][data-href]");
  if (row && !target.closest("a, button, input, label")) show(row);
});

drawer?.addEventListener("close", () => currentRow()?.focus({ preventScroll: true }));

drawer?.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select")) return;
  const by = { j: 1, k: -1 }[event.key];
  if (by) show(step(by));
});
