// Single keys, where nothing is typed.
import { open } from "./dialogs.js";
import { show } from "./drawer.js";
import { currentRow, mark, step } from "./lists.js";

const PATIENCE = 1500;
let going = 0;

const KEYS = {
  "/": () => document.querySelector("[data-filter]")?.focus(),
  j: () => step(1),
  k: () => step(-1),
  x: () => mark(currentRow()),
  "?": () => open(document.getElementById("shortcuts")),
  g: () => (going = Date.now()),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    document.querySelector("[data-opens=palette]")?.click();
    return;
  }
  const elsewhere = event.target.closest?.("input, textarea, select, dialog[open], [contenteditable]");
  if (event.ctrlKey || event.metaKey || event.altKey || (elsewhere && !isMark(event.target))) return;
  if (Date.now() - going < PATIENCE && event.key !== "g") {
    going = 0;
    document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
    return;
  }
  if (event.key === "Enter" && !event.target.closest("a, button, summary")) show(currentRow());
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

const isMark = (element) => element.matches?.("[data-mark], [data-mark-all]");
