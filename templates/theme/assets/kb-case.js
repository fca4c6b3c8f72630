// A case: self-service and the tiers as tabs.
(function () {
  "use strict";
  var all = window.kb.all;
  var make = window.kb.make;

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
})();
