// Before the first paint: the look that was chosen on this device; none: the system's.
(function () {
  try {
    var chosen = localStorage.getItem("orch.theme");
    if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  } catch (denied) {
    // Without storage the system's look is shown.
  }
})();
