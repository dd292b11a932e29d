// Fields for people: several stand in chips, and are found by name where the server lets one
// search. What is sent are the addresses that the field holds without this script, too.
import { suggest } from "./suggestions.js";

const ADDRESS = /^[^\s,;]+@[^\s,;]+$/;
const words = (text) => text.split(/[\s,;]+/).filter(Boolean);

// An input takes the place of the field, which keeps what is chosen and what is typed.
function several(field, names, template) {
  const input = document.createElement("input");
  const chips = document.createElement("ul");
  let all = [];

  const keep = () => (field.value = [...all, input.value].join("\n"));
  const show = (addresses) => {
    all = [...new Set(addresses)];
    chips.replaceChildren(...all.map(chip));
    chips.hidden = !all.length;
    keep();
  };
  const take = (text, name) => {
    if (name) names.set(text, name);
    input.value = "";
    show([...all, ...words(text)]);
  };
  const drop = (address) => {
    show(all.filter((each) => each !== address));
    input.focus();
  };
  const chip = (address) => {
    const made = template.content.firstElementChild.cloneNode(true);
    const name = names.get(address) ?? address;
    made.title = address;
    made.firstElementChild.textContent = name;
    made.lastElementChild.setAttribute("aria-label", `Remove ${name}`);
    made.lastElementChild.addEventListener("click", () => drop(address));
    return made;
  };

  for (const name of ["class", "id", "aria-describedby", "aria-invalid"]) {
    if (field.hasAttribute(name)) input.setAttribute(name, field.getAttribute(name));
  }
  field.removeAttribute("id");
  field.hidden = true;
  chips.className = "people-chosen";
  chips.setAttribute("aria-label", "Chosen");
  field.before(chips, input);
  take(field.value);

  input.addEventListener("input", keep);
  // around the input, for its suggestions come first
  field.parentElement.addEventListener("keydown", (event) => {
    if (event.target !== input) return;
    const typed = words(input.value);
    if (event.key === "Backspace" && !input.value && all.length) drop(all.at(-1));
    if (event.key !== "Enter" || event.defaultPrevented || !typed.length) return;
    event.preventDefault();
    if (typed.every((word) => ADDRESS.test(word))) take(input.value);
  });
  return [input, take];
}

for (const place of document.querySelectorAll("[data-people]")) {
  const field = place.querySelector("textarea, input");
  const template = place.querySelector("template");
  const alone = (address) => (field.value = address);
  const names = new Map(JSON.parse(place.dataset.people));
  const [input, take] = template ? several(field, names, template) : [field, alone];
  const searches = "searches" in place.dataset;
  input.type = "text";
  input.autocomplete = "off";
  input.placeholder = searches ? "Name or e-mail address" : "E-mail address";
  if (searches) suggest(input, take);
}
