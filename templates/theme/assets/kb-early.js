// Before anything is painted: the colours the reader chose last, else those of the system.
(function () {
  "use strict";
  var chosen = null;
  try { chosen = localStorage.getItem("kb-theme"); } catch (error) { /* no storage here */ }
  var dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.kbTheme = dark ? "dark" : "light";
  document.documentElement.classList.replace("no-js", "js");
})();
