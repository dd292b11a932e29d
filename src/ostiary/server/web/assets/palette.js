// Ctrl-K: what the server finds, chosen with the arrows.
import { choose, chosen, walk } from "./listbox.js";

const palette = document.getElementById("palette");
const input = document.getElementById("palette-input");
const results = document.getElementById("palette-results");
let timer;
let asked = 0;

async function look() {
  const mine = ++asked;
  const at = new URLSearchParams(location.search).get("as_of");
  const query = new URLSearchParams({ q: input.value, ...(at ? { as_of: at } : {}) });
  const answer = await fetch(`/search?${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (mine !== asked) return;
  results.innerHTML = answer?.ok ? await answer.text() : "<p class='muted'>The server does not answer.</p>";
  choose(input, options(), 0);
}

const options = () => [...results.querySelectorAll("[role=option]")];

palette?.addEventListener("opened", () => {
  input.select();
  look();
});
input?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, 120);
});
input?.addEventListener("keydown", (event) => {
  walk(event, input, options());
  if (event.key !== "Enter") return;
  event.preventDefault();
  chosen(options())?.click();
});
