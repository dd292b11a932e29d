for (const choice of document.querySelectorAll("[data-theme-choice]")) {
  choice.checked = choice.value === document.documentElement.dataset.theme;
  choice.addEventListener("change", () => {
    localStorage.setItem("theme", choice.value);
    window.wearTheme(choice.value);
  });
}
