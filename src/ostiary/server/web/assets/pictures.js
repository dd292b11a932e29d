// Charts are rare and large: what draws them is loaded by the first page that has one.
async function draw() {
  const waiting = [...document.querySelectorAll("[data-chart]:not([data-drawn])")];
  if (!waiting.length) return;
  waiting.forEach((place) => (place.dataset.drawn = ""));
  const charts = await import(document.documentElement.dataset.charts);
  waiting.forEach(charts.draw);
}

draw();
document.addEventListener("drawn", draw);
document.addEventListener("htmx:afterSettle", draw);
