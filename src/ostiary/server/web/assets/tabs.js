// Tabs that do not fit beside each other: the current one is brought into view.
function bring() {
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const row = tab.closest(".tabs");
    const [from, to] = [row, tab].map((element) => element.getBoundingClientRect());
    row.scrollLeft += to.left - from.left - (from.width - to.width) / 2;
  }
}

bring();
document.addEventListener("drawn", bring);
