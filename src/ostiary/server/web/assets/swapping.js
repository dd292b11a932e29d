// htmx, kept from evaluating anything; requests carry the session's token, failures are told.
import htmx from "htmx.org";
import { tell } from "./toasts.js";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyRestoreAsHxRequest: false,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token) detail.headers["X-CSRF-Token"] = token;
});

document.addEventListener("htmx:sendError", () => tell("The server does not answer. Try again."));
document.addEventListener("htmx:responseError", ({ detail }) => {
  const page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  tell(page.querySelector("h1 + p")?.textContent ?? "That did not work. Try again.");
});

// htmx keeps the focus on what has the same id; what is gone gives it to its list.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (document.activeElement !== document.body || detail.elt.id === "live") return;
  const place = detail.elt.querySelector?.("[data-filter], a, button, input");
  place?.focus({ preventScroll: true });
});
