// A guide: one question at a time.
(function () {
  "use strict";
  var all = window.kb.all;
  var make = window.kb.make;

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
