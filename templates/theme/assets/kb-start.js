// Opens the site in the reader's language: the one chosen last, or the browser's.
(function () {
  "use strict";
  var languages = document.currentScript.dataset.languages.split(" ");
  var wanted = navigator.languages || [navigator.language || ""];
  var chosen = null;
  try { chosen = localStorage.getItem("kb-language"); } catch (error) { /* no storage here */ }
  if (languages.indexOf(chosen) < 0) {
    chosen = null;
    for (var i = 0; i < wanted.length && !chosen; i++) {
      var short = wanted[i].slice(0, 2).toLowerCase();
      if (languages.indexOf(short) >= 0) { chosen = short; }
    }
  }
  if (location.hash !== "#choose") { location.replace((chosen || languages[0]) + "/index.html"); }
})();
