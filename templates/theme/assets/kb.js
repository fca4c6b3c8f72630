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
  var button = function (className, text, act) {
    var made = make("button", className, text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  // A text with {places} and what stands in them.
  var fill = function (text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return values[name]; });
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
  // to the content without a new address: in a guide the address is the way so far
  all(".kb-skip").forEach(function (link) {
    link.addEventListener("click", function (event) {
      var main = document.getElementById("kb-main");
      event.preventDefault();
      main.focus();
      main.scrollIntoView();
    });
  });

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
    var made = button("kb-copy", say("Copy"), function () {
      copy(code.textContent).then(function () {
        made.textContent = say("Copied");
        setTimeout(function () { made.textContent = say("Copy"); }, 1500);
      });
    });
    block.appendChild(made);
  });

  // What scrolls sideways can be reached by keyboard, for as long as it does.
  if (window.ResizeObserver) {
    var watch = new ResizeObserver(function (seen) {
      seen.forEach(function (each) {
        var box = each.target;
        if (box.scrollWidth > box.clientWidth) { box.tabIndex = 0; } else { box.removeAttribute("tabindex"); }
      });
    });
    all(".scroll, pre > code").forEach(function (box) { watch.observe(box); });
  }

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

  // "Report a mistake": the link works without this; with it, the version and the address are told.
  var report = document.querySelector(".kb-report-link");
  var prefill = function () {
    var id = document.querySelector(".kb-record");
    var title = (id ? id.textContent + " " : "") + document.title;
    var told = [title, window.kbVersion || "", location.href].join("\n") + "\n\n";
    report.href = report.dataset.to
      .replace("{title}", encodeURIComponent(title))
      .replace("{body}", function () { return encodeURIComponent(told); });
  };
  if (report) {
    prefill();
    report.addEventListener("focus", prefill);
    report.addEventListener("pointerenter", prefill);
  }

  window.kb = { say: say, all: all, make: make, button: button, fill: fill, keep: keep, copy: copy };
})();
