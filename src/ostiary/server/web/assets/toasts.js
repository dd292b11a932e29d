export function tell(text) {
  const note = document.createElement("p");
  note.className = "toast-note";
  note.textContent = text;
  document.getElementById("toasts").append(note);
  fade(note);
}

function fade(note) {
  const away = () => note.remove();
  let timer = setTimeout(away, 8000);
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => (timer = setTimeout(away, 3000)));
  note.addEventListener("click", away);
}

document.querySelectorAll(".toast-note").forEach(fade);
