// Rows: which one is current, which ones are marked.
const rows = () =>
  [...document.querySelectorAll("[data-row]")].filter((row) => !row.closest("#drawer"));

export const currentRow = () => document.querySelector("[data-row].is-current");

export function makeCurrent(row) {
  currentRow()?.classList.remove("is-current");
  if (!row) return;
  row.classList.add("is-current");
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
}

export function step(by) {
  const all = rows();
  const from = all.indexOf(currentRow());
  const next = all[from === -1 ? (by > 0 ? 0 : all.length - 1) : from + by];
  if (!next) return null;
  makeCurrent(next);
  next.scrollIntoView({ block: "nearest" });
  return next;
}

export function place(row) {
  const all = rows();
  return `${all.indexOf(row) + 1} of ${all.length}`;
}

export function mark(row) {
  row?.querySelector("[data-mark]")?.click();
}

function count(form) {
  const marks = [...form.querySelectorAll("[data-mark]")];
  const marked = marks.filter((box) => box.checked);
  form.classList.toggle("is-marked", marked.length > 0);
  form.querySelector("[data-marked]").textContent = marked.length ? `${marked.length} marked` : "";
  const all = form.querySelector("[data-mark-all]");
  all.checked = marked.length > 0 && marked.length === marks.length;
  all.indeterminate = marked.length > 0 && marked.length < marks.length;
}

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("[data-bulk]");
  if (!form) return;
  if (target.matches("[data-mark-all]")) {
    form.querySelectorAll("[data-mark]").forEach((box) => (box.checked = target.checked));
  }
  count(form);
});

document.addEventListener("click", ({ target }) => {
  const form = target.closest("[data-unmark]")?.form;
  if (!form) return;
  form.querySelectorAll("[data-mark]").forEach((box) => (box.checked = false));
  count(form);
});
