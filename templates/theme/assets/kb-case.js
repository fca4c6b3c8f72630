// A case or a runbook: tiers as tabs, addresses of steps, words for the customer; and for those who
// work on it ticks, guards before destructive steps, and the hand-over for the ticket.
// Ticks and notes stay in this browser, by edition and record, until they are reset.
(function () {
  "use strict";
  var say = window.kb.say;
  var all = window.kb.all;
  var make = window.kb.make;
  var button = window.kb.button;
  var fill = window.kb.fill;
  var GRACE = 10 * 60 * 1000;
  var locale = document.documentElement.lang;

  function copies(made, text) {
    var label = made.textContent;
    window.kb.copy(text()).then(function () {
      made.textContent = say("Copied");
      setTimeout(function () { made.textContent = label; }, 1500);
    });
  }

  // Tiers as tabs, L1 open first; print shows them all.
  var tiers = all("h2.kb-tier");
  var panels = [];
  var tabs = [];

  function makeTabs() {
    var holder = make("div", "kb-tiers");
    var bar = make("div", "kb-tabs");
    bar.setAttribute("role", "tablist");
    tiers[0].parentNode.insertBefore(holder, tiers[0]);
    var strip = make("div", "kb-tabbar");
    strip.appendChild(bar);
    strip.appendChild(make("span", "kb-tabbar__id", document.querySelector(".kb-record").textContent));
    holder.appendChild(strip);
    tiers.forEach(function (heading, index) {
      var panel = make("section", "kb-tabpanel");
      panel.setAttribute("role", "tabpanel");
      panel.id = "panel-" + heading.id;
      panel.tabIndex = 0;
      var next = heading;
      do {
        var moving = next;
        next = next.nextElementSibling;
        panel.appendChild(moving);
      } while (next && next.tagName !== "H2");
      holder.appendChild(panel);
      panels.push(panel);

      var tab = button("kb-tab", heading.textContent, function () { open(index, true); });
      tab.id = "tab-" + heading.id;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("keydown", function (event) {
        var last = tabs.length - 1;
        var to = {
          ArrowRight: index === last ? 0 : index + 1,
          ArrowLeft: index === 0 ? last : index - 1,
          Home: 0,
          End: last
        }[event.key];
        if (to !== undefined) {
          event.preventDefault();
          open(to, true);
          tabs[to].focus();
        }
      });
      bar.appendChild(tab);
      tabs.push(tab);
    });
  }

  function open(chosen, remember) {
    panels.forEach(function (panel, index) {
      panel.hidden = index !== chosen;
      tabs[index].setAttribute("aria-selected", String(index === chosen));
      tabs[index].tabIndex = index === chosen ? 0 : -1;
    });
    if (remember) { history.replaceState(null, "", "#" + tiers[chosen].id); }
  }

  // The address may name a tier or something inside of one, a step most of all.
  function follow() {
    var id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch (error) { /* no address */ }
    var target = id ? document.getElementById(id) : null;
    var holder = target ? target.closest(".kb-tabpanel") : null;
    if (holder) { open(panels.indexOf(holder), false); }
    all(".kb-marked").forEach(function (old) { old.classList.remove("kb-marked"); });
    if (!target) { return; }
    if (target.tagName === "LI") {
      target.classList.add("kb-marked");
      target.tabIndex = -1;
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: "center" });
    } else if (holder) {
      holder.parentNode.scrollIntoView();
    }
  }

  // Words for the customer, in the language of the one who listens.
  function speak(box) {
    var quotes = all("blockquote", box);
    var bar = make("div", "kb-say__bar");
    var choices = quotes.map(function (quote) {
      var choice = button("kb-choice", quote.dataset.name, function () {
        window.kb.keep("kb-speak", quote.lang);
        choose(quote.lang);
      });
      choice.lang = quote.lang;
      return choice;
    });
    function choose(language) {
      var wanted = quotes.findIndex(function (quote) { return quote.lang === language; });
      quotes.forEach(function (quote, index) {
        quote.hidden = index !== Math.max(wanted, 0);
        choices[index].setAttribute("aria-pressed", String(!quote.hidden));
      });
    }
    if (quotes.length > 1) { choices.forEach(function (choice) { bar.appendChild(choice); }); }
    var copy = button("kb-choice kb-choice--act", say("Copy"), function () {
      copies(copy, function () {
        return quotes.find(function (quote) { return !quote.hidden; }).innerText.trim();
      });
    });
    bar.appendChild(copy);
    box.insertBefore(bar, quotes[0]);
    choose(read("kb-speak"));
  }

  function read(key) {
    try { return localStorage.getItem(key); } catch (error) { return null; }
  }

  // What was ticked and noted: {done: {step: time}, facts: {fact: text}}.
  var head = document.querySelector("[data-work]");
  var place = head ? "kb-work-" + head.dataset.work : "";
  var work = { done: {}, facts: {} };
  var dropped = null;
  var boxes = [];
  var shows = [];

  function load() {
    try {
      var kept = JSON.parse(read(place)) || {};
      work = { done: Object(kept.done), facts: Object(kept.facts) };
    } catch (error) { /* what is kept is none of ours */ }
  }

  function changed() {
    window.kb.keep(place, JSON.stringify(work));
    show();
  }

  function show() { shows.forEach(function (each) { each(); }); }

  function hour(time) {
    var day = new Date(time);
    if (isNaN(day)) { return ""; }
    var form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    if (day.toDateString() !== new Date().toDateString()) {
      form.month = "short";
      form.day = "numeric";
    }
    return new Intl.DateTimeFormat(locale, form).format(day);
  }

  function words(item) {
    var action = item.querySelector(".kb-action");
    var copy = (action || item).cloneNode(true);
    all(".kb-number, .kb-tick, .kb-time, pre", copy).forEach(function (each) { each.remove(); });
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  function check(item) {
    var box = make("input", "kb-tick");
    box.type = "checkbox";
    box.setAttribute("aria-label", fill(say("Done: {text}"), { text: words(item) }));
    var time = make("time", "kb-time");
    box.addEventListener("change", function () {
      if (box.checked) {
        work.done[item.id] = new Date().toISOString();
      } else {
        delete work.done[item.id];
      }
      dropped = null;
      changed();
    });
    item.insertBefore(box, item.firstChild);
    item.insertBefore(time, box.nextSibling);
    boxes.push({ id: item.id, box: box, item: item });
    shows.push(function () {
      box.checked = typeof work.done[item.id] === "string";
      item.classList.toggle("kb-done", box.checked);
      time.textContent = box.checked ? hour(work.done[item.id]) : "";
    });
    if (item.classList.contains("kb-step--danger")) { guard(item, box); }
  }

  // A destructive step is neither ticked nor copied before its warning was read.
  function guard(item, box) {
    var copy = item.querySelector(".kb-copy");
    var agree = button("kb-agree", say("I have read this"), function () {
      dropped = null;
      show();
      allow(true);
      box.focus();
    });
    function allow(isRead) {
      box.disabled = !isRead;
      if (copy) { copy.disabled = !isRead; }
      agree.hidden = isRead;
      item.classList.toggle("kb-step--read", isRead);
    }
    item.querySelector(".kb-danger").appendChild(agree);
    shows.push(function () { if (!dropped && !box.checked) { return; } allow(box.checked); });
    allow(false);
  }

  function progress(list, items) {
    var line = make("div", "kb-progress");
    var bar = make("progress");
    bar.max = items.length;
    bar.setAttribute("aria-label", say("Steps done"));
    var count = make("span", "kb-progress__count");
    var reset = button("kb-button--text kb-reset", say("Reset"), startAgain);
    [bar, count, reset].forEach(function (each) { line.appendChild(each); });
    list.parentNode.insertBefore(line, list);
    var panel = list.closest(".kb-tabpanel");
    var badge = make("span", "kb-tab__count");
    if (panel) { tabs[panels.indexOf(panel)].appendChild(badge); }
    shows.push(function () {
      var done = items.filter(function (item) { return work.done[item.id]; }).length;
      bar.value = done;
      count.textContent = done + " / " + items.length;
      badge.textContent = done ? done + "/" + items.length : "";
      reset.textContent = dropped ? say("Undo") : say("Reset");
      reset.hidden = !dropped && !isUsed();
    });
  }

  // The first press takes everything away, the second one brings it back.
  function startAgain() {
    var back = dropped;
    dropped = back ? null : work;
    work = back || { done: {}, facts: {} };
    changed();
  }

  function isUsed() {
    return Object.keys(work.done).length + Object.keys(work.facts).length > 0;
  }

  function checklists() {
    all("[data-steps]").forEach(function (text) {
      all(":scope > ol > li", text).forEach(function (item, index) {
        item.id = text.dataset.steps + "-" + (index + 1);
        var number = make("a", "kb-number", String(index + 1));
        number.href = "#" + item.id;
        var words = item.firstElementChild && item.firstElementChild.tagName === "P" ? item.firstElementChild : item;
        words.insertBefore(number, words.firstChild);
      });
    });
    all(".kb-steps--numbered, .kb-checks, [data-steps] > ol").forEach(function (list) {
      var items = all(":scope > li", list);
      list.classList.add("kb-ticked");
      progress(list, items);
      items.forEach(check);
    });
  }

  // Ticks well older than the call on the line belong to somebody else's trouble.
  function warn() {
    var note = make("p", "kb-banner kb-banner--stale");
    note.setAttribute("role", "status");
    note.hidden = true;
    var words = make("span", "", say("Ticks and notes here are from before this call.") + " ");
    note.appendChild(words);
    note.appendChild(button("kb-button--text", say("Reset"), startAgain));
    head.appendChild(note);
    shows.push(function () {
      var call = window.kb.call ? window.kb.call() : null;
      var times = Object.keys(work.done).map(function (id) { return work.done[id]; }).sort();
      var isOld = call && Date.parse(times[0]) < Date.parse(call.start) - GRACE;
      note.hidden = !(call && call.isRunning && isOld);
    });
  }

  // The facts to hand over as a form, and the text for the ticket that it makes.
  function handOver(box) {
    var facts = box.querySelector(".kb-hand-over");
    if (!facts) { return; }
    var panel = box.closest(".kb-tabpanel");
    var part = panel ? panel.id.slice(6) : "";
    var form = make("form", "kb-form");
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    var fields = all("li", facts).map(function (fact, index) {
      var label = make("label", "kb-field");
      label.appendChild(make("span", "", fact.textContent));
      var field = make("textarea");
      // what a command printed has many lines
      var rows = fact.querySelector("code") ? 3 : 1;
      var name = part + "-" + (index + 1);
      field.addEventListener("input", function () {
        if (field.value) { work.facts[name] = field.value; } else { delete work.facts[name]; }
        dropped = null;
        changed();
      });
      shows.push(function () {
        var kept = work.facts[name];
        if (field.value !== (kept || "")) { field.value = typeof kept === "string" ? kept : ""; }
        field.rows = Math.min(12, Math.max(rows, field.value.split("\n").length));
      });
      label.appendChild(field);
      form.appendChild(label);
      return { label: fact.textContent, field: field };
    });
    var preview = make("pre", "kb-preview");
    preview.tabIndex = 0;
    var copy = button("kb-act", say("Copy for the ticket"), function () {
      write();
      copies(copy, function () { return preview.textContent; });
    });
    var details = make("details", "kb-details");
    details.open = true;
    details.appendChild(make("summary", "", say("What is copied")));
    details.appendChild(preview);
    form.appendChild(copy);
    form.appendChild(details);
    facts.parentNode.insertBefore(form, facts);
    facts.classList.add("kb-on-paper");
    var intro = [
      document.querySelector(".kb-record").textContent + " " +
        document.querySelector("h1").textContent,
      (part ? part + " \u2192 " : "\u2192 ") +
        box.querySelector(".kb-escalate__when").textContent.replace(/\s+/g, " ").trim()
    ];
    function write() {
      var lines = intro.concat("", fields.map(function (each) {
        var value = each.field.value.trim();
        return each.label + ": " + (value.indexOf("\n") < 0 ? value || "\u2014" : "\n" + value);
      }));
      var done = boxes.filter(function (each) { return each.box.checked; });
      lines.push("", say("Steps done") + " (" + done.length + ")");
      done.forEach(function (each) {
        lines.push("\u2713 " + hour(work.done[each.id]) + "  " + each.id + "  " + words(each.item));
      });
      var call = window.kb.call ? window.kb.call() : null;
      if (call) {
        lines.push("", say("Call") + ": " + hour(call.start) + ", " + call.length);
      }
      lines.push("", location.href.split("#")[0] + (part ? "#" + part : ""));
      preview.textContent = lines.join("\n");
    }
    shows.push(write);
  }

  if (tiers.length > 1) { makeTabs(); }
  all(".kb-say").forEach(speak);
  if (head) {
    load();
    checklists();
    warn();
    all(".kb-escalate").forEach(handOver);
    show();
    window.addEventListener("kb-call", show);
    window.addEventListener("storage", function (event) {
      if (event.key === place) { load(); show(); }
    });
  }
  if (panels.length) {
    open(Math.max(tiers.findIndex(function (tier) { return tier.id === "L1"; }), 0), false);
  }
  window.addEventListener("hashchange", follow);
  follow();
})();
