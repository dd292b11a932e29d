// Ctrl-K: what the server finds, chosen with the arrows.
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
  choose(0);
}

const options = () => [...results.querySelectorAll("[role=option]")];

function choose(index) {
  const all = options();
  const chosen = all[(index + all.length) % all.length];
  for (const option of all) option.setAttribute("aria-selected", String(option === chosen));
  if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
  else input.removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
}

palette?.addEventListener("opened", () => {
  input.select();
  look();
});
input?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(look, 120);
});
input?.addEventListener("keydown", (event) => {
  const all = options();
  const now = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") choose(now + 1);
  else if (event.key === "ArrowUp") choose(now - 1);
  else if (event.key === "Enter") all[now]?.click();
  else return;
  event.preventDefault();
});
