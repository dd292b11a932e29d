// A page that follows the server: one stream says that something changed, the page asks what.
import htmx from "htmx.org";

let stream = null;
let asking = false;
let again = false;

async function refresh() {
  again = true;
  if (asking) return;
  asking = true;
  while (again && document.querySelector("[data-live]")) {
    again = false;
    const here = location.pathname + location.search;
    await htmx.ajax("GET", here, { target: "#live", select: "#live", swap: "outerHTML" }).catch(() => {});
  }
  asking = false;
}

function follow() {
  const place = document.querySelector("[data-live]");
  if (!place || stream || document.hidden) return;
  stream = new EventSource(place.dataset.live);
  stream.addEventListener("changed", refresh);
}

function leave() {
  stream?.close();
  stream = null;
}

document.addEventListener("visibilitychange", () => (document.hidden ? leave() : follow()));
addEventListener("pagehide", leave);
addEventListener("pageshow", follow);
follow();
