// A guide is walked: one question at a time. The address holds the way, so that it can be sent:
// #start/node/node, with ".2" behind a node that several answers lead to: the second answer.
(function () {
  "use strict";
  var kb = window.kb;
  var say = kb.say;
  var all = kb.all;
  var make = kb.make;
  var guide = document.querySelector(".kb-guide");
  if (!guide) { return; }

  var KEYS = "kb-guide-keys";
  var start = guide.dataset.start;
  var nodes = {};
  all(".kb-node", guide).forEach(function (node) { nodes[node.id] = node; });
  var map = document.querySelector(".kb-map");
  var after = document.querySelector(".kb-after");
  var walked = [{ id: start, answer: 0 }];

  // The answers of a node that lead on in this guide: [{id, link, number}], numbers from 1.
  function answers(id) {
    return all(".kb-answer[href^='#']", nodes[id]).map(function (link, index) {
      return { id: link.getAttribute("href").slice(1), link: link, number: index + 1 };
    });
  }

  function textOf(element) { return element ? element.textContent.trim().replace(/\s+/g, " ") : ""; }

  function heading(id) {
    var copy = nodes[id].querySelector("h2").cloneNode(true);
    all(".kb-node__name", copy).forEach(function (name) { name.remove(); });
    return textOf(copy);
  }

  function address(way) {
    return "#" + way.map(function (step, index) {
      if (!index) { return step.id; }
      var same = answers(way[index - 1].id).filter(function (each) { return each.id === step.id; });
      return same.length > 1 ? step.id + "." + step.answer : step.id;
    }).join("/");
  }

  // The shortest way from the start to a node.
  function wayTo(wanted) {
    var seen = {};
    var waiting = [[{ id: start, answer: 0 }]];
    while (waiting.length) {
      var way = waiting.shift();
      var last = way[way.length - 1].id;
      if (last === wanted) { return way; }
      if (seen[last]) { continue; }
      seen[last] = true;
      answers(last).forEach(function (each) {
        if (nodes[each.id]) { waiting.push(way.concat({ id: each.id, answer: each.number })); }
      });
    }
    return [{ id: start, answer: 0 }];
  }

  // What the address says, as far as it is a way through this guide.
  function asked() {
    var parts = location.hash.slice(1).split("/").filter(Boolean).map(function (part) {
      var cut = /^([a-z0-9-]+)(?:\.([0-9]{1,3}))?$/.exec(part);
      return cut ? { id: cut[1], answer: Number(cut[2] || 0) } : { id: "", answer: 0 };
    });
    if (!parts.length) { return [{ id: start, answer: 0 }]; }
    if (parts.length === 1) {
      return Object.prototype.hasOwnProperty.call(nodes, parts[0].id) ? wayTo(parts[0].id) : null;
    }
    if (parts[0].id !== start) { return wayTo(start); }
    var way = [{ id: start, answer: 0 }];
    for (var i = 1; i < parts.length; i++) {
      var fitting = answers(parts[i - 1].id).filter(function (each) { return each.id === parts[i].id; });
      var chosen = fitting.find(function (each) { return each.number === parts[i].answer; }) || fitting[0];
      if (!chosen || !nodes[chosen.id]) { break; }
      way.push({ id: chosen.id, answer: chosen.number });
    }
    return way;
  }

  var bar = make("div", "kb-guide__bar");
  var progress = make("progress", "kb-guide__progress");
  var left = make("span", "kb-guide__left");
  left.id = "kb-guide-left";
  progress.setAttribute("aria-labelledby", left.id);
  bar.append(progress, left);
  var trail = make("ol", "kb-trail");
  trail.setAttribute("aria-label", say("Your way here"));
  var tools = make("div", "kb-guide__tools");
  var said = make("span", "kb-tried__said");
  said.setAttribute("role", "status");
  function tool(text, act) {
    return tools.appendChild(kb.button("kb-act", text, act));
  }
  var back = tool("\u2190 " + say("Back"), goBack);
  var again = tool(say("Start again"), function () { go([{ id: start, answer: 0 }]); });
  var copy = tool(say("Copy the way for the ticket"), function () {
    kb.copy(ticket()).then(function () {
      said.textContent = say("Copied");
      setTimeout(function () { said.textContent = ""; }, 2500);
    });
  });
  var keys = tool(say("Keys 1 to 9 answer"), function () { useKeys(!hasKeys()); });
  keys.classList.add("kb-guide__keys");
  tools.appendChild(said);
  guide.prepend(bar, trail);
  guide.append(tools);
  guide.classList.add("kb-guide--walked");

  // At once: the next key may be pressed before the browser says that the address has changed.
  function go(way) {
    location.hash = address(way);
    show(true);
  }
  function goBack() { if (walked.length > 1) { go(walked.slice(0, -1)); } }

  function answerOf(index) {
    var step = walked[index + 1];
    var chosen = step && answers(walked[index].id)[step.answer - 1];
    return chosen ? textOf(chosen.link.querySelector(".kb-answer__text")) : "";
  }

  // The way so far in lines, for tickets and mails.
  kb.way = function () {
    var lines = walked.slice(0, -1).map(function (step, index) {
      return (index + 1) + ". " + heading(step.id) + " \u2192 " + answerOf(index);
    });
    var node = nodes[walked[walked.length - 1].id];
    var end = textOf(node.querySelector(".kb-guidance")) || textOf(node.querySelector(".kb-answer--case"));
    return lines.concat(node.classList.contains("kb-node--question") ? (lines.length + 1) + ". " + heading(node.id) + " \u2192 ?" : "= " + end);
  };

  function ticket() {
    return [guide.dataset.id + " " + guide.dataset.title, location.href].concat(kb.way()).join("\n");
  }

  function show(moved) {
    var way = asked();
    if (!way) { return; } // an address of something else on this page
    walked = way;
    var current = walked[walked.length - 1].id;
    Object.keys(nodes).forEach(function (id) { nodes[id].hidden = id !== current; });
    trail.replaceChildren.apply(trail, walked.slice(0, -1).map(function (step, index) {
      var item = make("li");
      var question = make("a", "", heading(step.id));
      question.href = address(walked.slice(0, index + 1));
      item.append(question, make("strong", "", answerOf(index)));
      return item;
    }));
    var more = Number(nodes[current].dataset.left);
    progress.max = Math.max(1, walked.length - 1 + more);
    progress.value = walked.length - 1;
    left.textContent = more ? say("Questions left: {count} at most").replace("{count}", String(more)) : say("This is the end of the way");
    back.disabled = again.disabled = walked.length < 2;
    copy.hidden = walked.length < 2;
    if (after) { after.classList.toggle("kb-after--early", more > 0); }
    mark(current);
    var target = address(walked);
    if (location.hash && location.hash !== target) { history.replaceState(null, "", target); }
    if (moved) {
      var title = nodes[current].querySelector("h2");
      title.tabIndex = -1;
      title.focus({ preventScroll: true });
      var top = bar.getBoundingClientRect().top;
      if (top < 0 || title.getBoundingClientRect().bottom > window.innerHeight) { bar.scrollIntoView(); }
    }
  }

  // The current node in the picture, and those on the way to it.
  function mark(current) {
    var past = walked.map(function (step) { return step.id; });
    all(".kb-tree__node", map).forEach(function (link) {
      var isHere = link.dataset.node === current && !link.classList.contains("kb-tree__node--jump");
      link.classList.toggle("kb-tree__node--here", isHere);
      link.classList.toggle("kb-tree__node--past", !isHere && past.indexOf(link.dataset.node) >= 0);
      if (isHere) { link.setAttribute("aria-current", "step"); } else { link.removeAttribute("aria-current"); }
      if (isHere && map.scrollHeight > map.clientHeight) {
        var middle = link.getBoundingClientRect().top - map.getBoundingClientRect().top;
        map.scrollTop += middle - map.clientHeight / 2;
      }
    });
  }

  guide.addEventListener("click", function (event) {
    var link = event.target.closest(".kb-answer[href^='#']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) { return; }
    event.preventDefault();
    var chosen = answers(walked[walked.length - 1].id).find(function (each) { return each.link === link; });
    if (chosen) { go(walked.concat({ id: chosen.id, answer: chosen.number })); }
  });

  function hasKeys() { return keys.getAttribute("aria-pressed") === "true"; }
  function useKeys(isOn) {
    keys.setAttribute("aria-pressed", String(isOn));
    guide.classList.toggle("kb-guide--keys", isOn);
    kb.keep(KEYS, isOn ? "on" : "off");
  }
  var kept = null;
  try { kept = localStorage.getItem(KEYS); } catch (error) { /* no storage here */ }
  useKeys(kept !== "off");

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !hasKeys()) { return; }
    if (event.target.closest("input, textarea, select, [contenteditable], [role=tab], [role=option]")) { return; }
    if (/^[1-9]$/.test(event.key)) {
      var link = all(".kb-node:not([hidden]) .kb-answer", guide)[Number(event.key) - 1];
      if (link) { event.preventDefault(); link.click(); }
    } else if (event.key === "Backspace" || event.key === "ArrowLeft") {
      if (walked.length > 1) { event.preventDefault(); goBack(); }
    }
  });

  // a phone shows the question first; its picture opens when it is asked for
  if (map && window.matchMedia("(max-width: 68rem)").matches) { map.open = false; }
  window.addEventListener("hashchange", function () {
    if (location.hash !== address(walked)) { show(true); }
  });
  show(false);
})();
