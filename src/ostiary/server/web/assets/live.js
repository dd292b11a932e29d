// A page that follows the server: one stream says that something changed, the page asks what.
import htmx from "htmx.org";

let stream = null;
let asking = false;
let again = false;

// What has the focus is known again by where it leads or what it says.
const REACHED = "a, button, input, summary, [tabindex]";
const known = (element) => element.id || element.getAttribute("href") || element.textContent;
let focused = "";

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "live") return;
  focused = detail.target.contains(document.activeElement) ? known(document.activeElement) : "";
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.elt.id !== "live" || !focused || document.activeElement !== document.body) return;
  const places = [...detail.elt.querySelectorAll(REACHED)];
  places.find((each) => known(each) === focused)?.focus({ preventScroll: true });
});

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
