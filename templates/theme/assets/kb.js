// What a page does beyond being read: menu, colours, tiers as tabs, copy buttons, guides.
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

  // Self-service and the tiers L1, L2, L3 become tabs, L1 open first; print shows them all.
  var headings = all("h2.kb-tier");
  if (headings.length > 1) {
    var bar = make("div", "kb-tabs");
    bar.setAttribute("role", "tablist");
    headings[0].parentNode.insertBefore(bar, headings[0]);
    var panels = headings.map(function (heading) {
      var panel = make("section", "kb-tabpanel");
      panel.setAttribute("role", "tabpanel");
      panel.id = "panel-" + heading.id;
      heading.parentNode.insertBefore(panel, heading);
      var next = heading;
      do {
        var moving = next;
        next = next.nextElementSibling;
        panel.appendChild(moving);
      } while (next && next.tagName !== "H2");
      return panel;
    });
    var tabs = panels.map(function (panel, index) {
      var tab = make("button", "kb-tab", headings[index].textContent);
      tab.type = "button";
      tab.id = "tab-" + headings[index].id;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", function () { open(index, true); });
      tab.addEventListener("keydown", function (event) {
        var step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
        if (step) {
          var to = (index + step + tabs.length) % tabs.length;
          open(to, true);
          tabs[to].focus();
        }
      });
      bar.appendChild(tab);
      return tab;
    });
    var open = function (chosen, remember) {
      panels.forEach(function (panel, index) {
        panel.hidden = index !== chosen;
        tabs[index].setAttribute("aria-selected", String(index === chosen));
        tabs[index].tabIndex = index === chosen ? 0 : -1;
      });
      if (remember) { history.replaceState(null, "", "#" + headings[chosen].id); }
    };
    var follow = function () {
      var wanted = headings.findIndex(function (heading) {
        return "#" + heading.id === location.hash;
      });
      var first = headings.findIndex(function (heading) { return heading.id === "L1"; });
      open(wanted < 0 ? Math.max(first, 0) : wanted, false);
      if (wanted >= 0) { bar.scrollIntoView(); }
    };
    window.addEventListener("hashchange", follow);
    follow();
  }

  // Guides: one node at a time; the address carries the way, so that it can be sent.
  var guide = document.querySelector(".kb-guide");
  if (guide) {
    var nodes = {};
    all(".kb-node", guide).forEach(function (node) { nodes[node.id] = node; });
    var trail = make("ol", "kb-trail");
    trail.setAttribute("aria-label", guide.dataset.path);
    var tools = make("div", "kb-guide__tools");
    var back = make("button", "kb-button--text", guide.dataset.back);
    var again = make("button", "kb-button--text", guide.dataset.again);
    back.type = again.type = "button";
    tools.append(back, again);
    guide.prepend(trail);
    guide.append(tools);
    guide.classList.add("kb-guide--walked");
    var way = function () {
      var asked = location.hash.slice(1).split("/").filter(Boolean).map(decodeURIComponent);
      // an answer's own link names only its node: it goes on from where the reader stood
      if (asked.length === 1 && asked[0] !== guide.dataset.start) {
        var last = walked[walked.length - 1];
        var followers = last ? all(".kb-answer", nodes[last]).map(function (link) {
          return link.getAttribute("href").slice(1);
        }) : [];
        if (followers.indexOf(asked[0]) >= 0) { return walked.concat(asked); }
      }
      return asked;
    };
    var walked = [guide.dataset.start];
    var walk = function (moved) {
      var asked = way().filter(function (id) { return nodes[id]; });
      walked = asked.length ? asked : [guide.dataset.start];
      if (walked[0] !== guide.dataset.start && walked.length === 1) { walked = [walked[0]]; }
      var current = walked[walked.length - 1];
      Object.keys(nodes).forEach(function (id) { nodes[id].hidden = id !== current; });
      trail.textContent = "";
      walked.slice(0, -1).forEach(function (id, index) {
        var link = all(".kb-answer", nodes[id]).find(function (each) {
          return each.getAttribute("href") === "#" + walked[index + 1];
        });
        var item = make("li");
        var question = make("a", "", nodes[id].querySelector("h2").textContent);
        question.href = "#" + walked.slice(0, index + 1).join("/");
        item.append(question, make("strong", "", link ? link.textContent : ""));
        trail.appendChild(item);
      });
      tools.hidden = walked.length < 2;
      var target = "#" + walked.join("/");
      if (location.hash && location.hash !== target) { history.replaceState(null, "", target); }
      if (moved) {
        var heading = nodes[current].querySelector("h2");
        heading.tabIndex = -1;
        heading.focus();
      }
    };
    back.addEventListener("click", function () { location.hash = walked.slice(0, -1).join("/"); });
    again.addEventListener("click", function () { location.hash = guide.dataset.start; });
    window.addEventListener("hashchange", function () { walk(true); });
    walk(false);
  }
})();
