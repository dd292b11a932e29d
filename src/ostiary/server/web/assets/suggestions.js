// People whose name or address begins to stand in a field, under it, as the server finds them.
import { choose, chosen, walk } from "./listbox.js";

const PAUSE = 150;

async function find(query) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const body = { query, userStatuses: ["ENABLED"], excludeTypes: ["USER_TYPE_SERVICE"], pageSize: 10 };
  const answer = await fetch("/api/v1/search/users", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
    body: JSON.stringify(body),
  }).catch(() => null);
  const { list } = answer?.ok ? await answer.json() : { list: [] };
  return list.map(({ user }) => user).filter(({ email }) => email);
}

export function suggest(input, take) {
  const list = document.createElement("ul");
  const note = document.createElement("p");
  const options = () => [...list.children];
  let timer;

  const draw = ({ displayName, email }, index) => {
    const option = document.createElement("li");
    const [name, address] = ["bdi", "small"].map((tag) => option.appendChild(document.createElement(tag)));
    name.textContent = displayName;
    address.textContent = email;
    option.id = `${list.id}-${index}`;
    option.setAttribute("role", "option");
    option.addEventListener("click", () => {
      take(email, displayName);
      show([]);
    });
    return option;
  };
  const show = (people) => {
    list.replaceChildren(...people.map(draw));
    list.hidden = !people.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(input, options(), 0);
  };
  const look = async () => {
    const query = input.value.trim();
    const people = query ? await find(query) : [];
    if (query !== input.value.trim() || input !== document.activeElement) return;
    // who types a whole address means that one, and nobody whose address ends like it
    const exact = people.filter(({ email }) => email.toLowerCase() === query.toLowerCase());
    const found = query.includes("@") && exact.length ? exact : people;
    note.textContent = query && !found.length ? "Nobody is found. An e-mail address works too." : "";
    show(found);
  };

  list.id = `${input.id}-found`;
  list.className = "people-found";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People");
  note.className = "field-help";
  note.setAttribute("role", "status");
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.after(list, note);

  list.addEventListener("pointerdown", (event) => event.preventDefault());
  input.addEventListener("blur", () => show([]));
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    walk(event, input, options());
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.key === "Enter" ? chosen(options()).click() : show([]);
  });
}
