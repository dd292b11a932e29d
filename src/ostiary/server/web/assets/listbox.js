// Options under a field that keeps the focus: one of them is chosen, by the arrows.
export const chosen = (all) => all.find((option) => option.getAttribute("aria-selected") === "true");

export function choose(input, all, index) {
  const one = all[(index + all.length) % all.length];
  for (const option of all) option.setAttribute("aria-selected", String(option === one));
  if (one) input.setAttribute("aria-activedescendant", one.id);
  else input.removeAttribute("aria-activedescendant");
  one?.scrollIntoView({ block: "nearest" });
}

export function walk(event, input, all) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  choose(input, all, all.indexOf(chosen(all)) + by);
  event.preventDefault();
}
