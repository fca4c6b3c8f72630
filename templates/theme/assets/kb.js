// What every page does beyond being read: menu, colours, copy buttons; and window.kb, which the
// scripts of single kinds of page use.
// Classic script, no request, no markup from texts: works from file:// and under any CSP.
(function () {
  "use strict";
  var here = document.currentScript.dataset;
  var words = window.kbWords || {};
  var say = function (text) { return words[text] || text; };
  var all = function (selector, from) {
    return Array.prototype.slice.call((from || document).querySelectorAll(selector));
  };
  var make = function (tag, className, text) {
    var element = document.createElement(tag);
    if (className) { element.className = className; }
    if (text) { element.textContent = text; }
    return element;
  };
  var keep = function (key, value) {
    try { localStorage.setItem(key, value); } catch (error) { /* no storage here */ }
  };

  keep("kb-language", here.language);
  all(".kb-version").forEach(function (place) { place.textContent = window.kbVersion || ""; });

  // On paper: where this page is, but not where it lies on somebody's disk.
  if (location.protocol !== "file:") {
    all(".kb-sheet").forEach(function (place) { place.dataset.address = location.origin + location.pathname; });
  }

  var menu = document.querySelector(".kb-menu");
  if (menu) {
    menu.addEventListener("click", function () {
      var open = document.documentElement.classList.toggle("kb-nav-open");
      menu.setAttribute("aria-expanded", String(open));
    });
  }

  var theme = document.querySelector(".kb-theme");
  if (theme) {
    theme.addEventListener("click", function () {
      var root = document.documentElement;
      var next = root.dataset.kbTheme === "dark" ? "light" : "dark";
      root.dataset.kbTheme = next;
      keep("kb-theme", next);
    });
  }

  // Commands: a button that copies exactly what stands there.
  all(".kb-command, .kb-article pre").forEach(function (block) {
    if (block.tagName === "PRE" && block.closest(".kb-command")) { return; }
    var code = block.querySelector("code");
    if (!code) { return; }
    var button = make("button", "kb-copy", say("Copy"));
    button.type = "button";
    button.addEventListener("click", function () {
      copy(code.textContent).then(function () {
        button.textContent = say("Copied");
        setTimeout(function () { button.textContent = say("Copy"); }, 1500);
      });
    });
    block.appendChild(button);
  });

  function copy(text) {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(text);
    }
    var area = make("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.appendChild(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    return Promise.resolve();
  }

  window.kb = { say: say, all: all, make: make, keep: keep, copy: copy };
})();
