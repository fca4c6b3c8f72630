// The call timer: started when the call starts, it goes on from page to page; the limits of the
// promise are marked, and told politely when they pass. It hides where it is not wanted.
(function () {
  "use strict";
  var say = window.kb.say;
  var make = window.kb.make;
  var button = window.kb.button;
  var fill = window.kb.fill;
  var box = document.querySelector(".kb-timer");
  if (!box) { return; }
  var KEY = "kb-call";
  var HIDDEN = "kb-timer-hidden";
  var MINUTE = 60000;
  var SOON = 5;
  var memory = {};

  function get(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return memory[key]; }
  }

  function set(key, value) {
    memory[key] = value;
    window.kb.keep(key, JSON.stringify(value));
  }

  // {start, end, respond, handle}: times as milliseconds, limits in minutes; end 0 while it runs
  function call() {
    var kept = get(KEY);
    var is_ours = kept && ["start", "end", "respond", "handle"].every(function (name) {
      return typeof kept[name] === "number" && isFinite(kept[name]);
    });
    return is_ours && Math.abs(kept.start) < 8e15 ? kept : null;
  }

  function length(it) { return Math.max(0, (it.end || Date.now()) - it.start); }

  function clock(milliseconds) {
    var seconds = Math.floor(milliseconds / 1000);
    var two = function (number) { return String(number).padStart(2, "0"); };
    var hours = Math.floor(seconds / 3600);
    return (hours ? hours + ":" : "") + two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
  }

  var time = make("span", "kb-timer__time");
  time.setAttribute("role", "timer");
  var track = make("span", "kb-timer__track");
  track.setAttribute("aria-hidden", "true");
  var passed = make("span", "kb-timer__passed");
  var mark = make("span", "kb-timer__mark");
  track.appendChild(passed);
  track.appendChild(mark);
  var next = make("span", "kb-timer__next");
  var press = button("kb-timer__press", "", function () {
    var running = call();
    if (running && !running.end) {
      running.end = Date.now();
      set(KEY, running);
    } else {
      // the promise of the record that is open, else the strictest there is
      var from = (document.querySelector("[data-work][data-respond]") || box).dataset;
      set(KEY, { start: Date.now(), end: 0, respond: Number(from.respond), handle: Number(from.handle) });
    }
    show();
    tell();
  });
  var hide = button("kb-timer__hide", "\u00d7", function () {
    set(HIDDEN, true);
    show();
    bring.focus();
  });
  hide.setAttribute("aria-label", say("Hide the call timer"));
  var spoken = make("span", "kb-timer__spoken");
  spoken.setAttribute("role", "status");
  [time, track, next, press, hide, spoken].forEach(function (each) { box.appendChild(each); });

  var bring = button("kb-button--text kb-timer-bring", say("Call timer"), function () {
    set(HIDDEN, !get(HIDDEN));
    show();
  });
  var footer = document.querySelector(".kb-footer__inner");
  footer.insertBefore(bring, footer.querySelector(".kb-version"));

  function tell() { window.dispatchEvent(new CustomEvent("kb-call")); }

  var before = null;
  function show() {
    var it = call();
    box.hidden = Boolean(get(HIDDEN));
    bring.setAttribute("aria-pressed", String(!box.hidden));
    var runs = Boolean(it && !it.end);
    press.textContent = runs ? say("End call") : say("Start call");
    time.hidden = track.hidden = next.hidden = !it;
    if (!it) { box.dataset.state = "idle"; return; }
    var spent = length(it);
    time.textContent = clock(spent);
    passed.style.width = Math.min(100, spent / (it.handle * MINUTE) * 100) + "%";
    mark.style.insetInlineStart = Math.min(100, it.respond / it.handle * 100) + "%";
    var limit = spent < it.respond * MINUTE ? it.respond : it.handle;
    var left = limit * MINUTE - spent;
    var values = { time: clock(Math.abs(left)) };
    next.textContent = limit === it.respond && left > 0
      ? fill(say("Answer: {time} left"), values)
      : left > 0
        ? fill(say("Solve or pass on: {time} left"), values)
        : fill(say("Solve or pass on: {time} over"), values);
    box.dataset.state = !runs ? "ended" : left <= 0 ? "over" : limit === it.handle && left < SOON * MINUTE ? "soon" : "running";
    if (runs) { announce(it, spent); }
    before = runs ? spent : null;
  }

  // Only a limit that passes while the page is open is told, so nothing is told twice.
  function announce(it, spent) {
    var passes = function (minutes) {
      return before !== null && before < minutes * MINUTE && spent >= minutes * MINUTE;
    };
    if (passes(it.handle)) {
      spoken.textContent = fill(say("{count} minutes: solve it or pass it on now"), { count: it.handle });
    } else if (passes(it.handle - SOON)) {
      spoken.textContent = fill(say("{count} minutes left to solve it or pass it on"), { count: SOON });
    } else if (passes(it.respond)) {
      spoken.textContent = fill(say("{count} minutes: the time to answer is over"), { count: it.respond });
    }
  }

  window.kb.call = function () {
    var it = call();
    return it ? { start: new Date(it.start).toISOString(), length: clock(length(it)), isRunning: !it.end } : null;
  };
  window.addEventListener("storage", show);
  show();
  setInterval(function () {
    if (call() && !call().end) { show(); }
  }, 1000);
})();
