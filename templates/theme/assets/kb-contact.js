// The way to a human: hours in the reader's own time, and what was tried as a text to copy or mail.
(function () {
  "use strict";
  var kb = window.kb;
  var say = kb.say;
  var make = kb.make;
  var language = document.currentScript.dataset.language;
  var box = document.querySelector(".kb-contact");
  var DAY = 86400000;
  var MOST = 1900; // longer addresses are cut by some mail programs
  var WEEK = [0, 1, 2, 3, 4, 5, 6];
  // Thai calendars would otherwise count the Buddhist era, and some clocks twelve hours
  var locale = language + "-u-ca-gregory-nu-latn-hc-h23";

  // How many milliseconds a zone's clock is before UTC at an instant.
  function offset(zone, at) {
    var parts = {};
    new Intl.DateTimeFormat("en-u-ca-gregory-hc-h23", {
      timeZone: zone, year: "numeric", month: "numeric", day: "numeric",
      hour: "numeric", minute: "numeric", second: "numeric",
    }).formatToParts(at).forEach(function (part) { parts[part.type] = Number(part.value); });
    var shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
    return shown - Math.floor(at / 1000) * 1000;
  }

  // The instant at which a zone's clock shows a day (UTC midnight of its date) and a time.
  function instant(zone, day, time) {
    var clock = time.split(":");
    var wall = day + (Number(clock[0]) * 60 + Number(clock[1])) * 60000;
    var guess = wall - offset(zone, wall);
    return wall - offset(zone, guess);
  }

  // The openings of nine days from yesterday on, as pairs of instants in their order.
  function coming(zone, openings, now) {
    var today = now + offset(zone, now);
    today -= ((today % DAY) + DAY) % DAY;
    var found = [];
    for (var day = today - DAY; day < today + 8 * DAY; day += DAY) {
      var weekday = (new Date(day).getUTCDay() + 6) % 7;
      openings.forEach(function (opening) {
        if (opening[0] === weekday) {
          found.push([instant(zone, day, opening[1]), instant(zone, day, opening[2])]);
        }
      });
    }
    return found.sort(function (one, other) { return one[0] - other[0]; });
  }

  // Openings without a gap between them are one.
  function joined(openings) {
    return openings.reduce(function (made, next) {
      var last = made[made.length - 1];
      if (last && last[1] >= next[0]) { last[1] = Math.max(last[1], next[1]); }
      else { made.push(next.slice()); }
      return made;
    }, []);
  }

  var weekday = new Intl.DateTimeFormat(locale, { weekday: language === "zh" ? "short" : "long" });
  var clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  var monday = new Date(2026, 10, 23, 12).getTime();
  function dayName(day) { return weekday.format(monday + day * DAY); }
  function time(at) { return clock.format(at); }

  // Days in words: those that follow each other, also over a week's end, as one span.
  function days(list) {
    if (list.length === 7) { return say("Every day"); }
    var first = list.findIndex(function (day) { return list.indexOf((day + 6) % 7) < 0; });
    var spans = [];
    list.slice(first).concat(list.slice(0, first)).forEach(function (day) {
      var last = spans[spans.length - 1];
      if (last && (last[1] + 1) % 7 === day) { last[1] = day; } else { spans.push([day, day]); }
    });
    return spans.map(function (span) {
      if (span[0] === span[1]) { return dayName(span[0]); }
      if (span[1] === (span[0] + 1) % 7) { return dayName(span[0]) + (language === "zh" ? "\u3001" : ", ") + dayName(span[1]); }
      return say("{first} to {last}").replace("{first}", dayName(span[0])).replace("{last}", dayName(span[1]));
    }).join(language === "zh" ? "\u3001" : ", ");
  }

  // A week of openings by the reader's own clock: [[days, hours], …].
  function week(zone, openings, now) {
    var held = {};
    coming(zone, openings, now).forEach(function (opening) {
      if (opening[0] >= now - DAY && opening[0] < now + 6 * DAY) {
        var hours = time(opening[0]) + "\u2013" + time(opening[1]);
        var day = (new Date(opening[0]).getDay() + 6) % 7;
        (held[hours] = held[hours] || []).push(day);
      }
    });
    return Object.keys(held).map(function (hours) {
      return [WEEK.filter(function (day) { return held[hours].indexOf(day) >= 0; }), hours];
    }).sort(function (one, other) { return one[0][0] - other[0][0] || (one[1] < other[1] ? -1 : 1); });
  }

  function showHours(desk, now) {
    var zone = desk.dataset.zone;
    var openings = JSON.parse(desk.dataset.openings);
    var all = joined(coming(zone, openings, now));
    var open = all.find(function (each) { return each[0] <= now && now < each[1]; });
    var next = all.find(function (each) { return each[0] > now; });
    var isAlways = Boolean(open) && open[1] - now > 6 * DAY;
    var state = make("p", "kb-desk__now" + (open ? " kb-desk__now--open" : ""));
    var when = function (at) { return weekday.format(at) + " " + time(at); };
    state.textContent = isAlways ? say("Open now")
      : open ? say("Open now, until {time}").replace("{time}", time(open[1]))
      : next ? say("Closed now, opens {time}").replace("{time}", when(next[0])) : "";
    desk.insertBefore(state, desk.querySelector(".kb-desk__hours"));
    var isHere = offset(zone, now) === -new Date(now).getTimezoneOffset() * 60000;
    if (isHere || isAlways) { return; }
    var list = make("dl", "kb-desk__hours kb-desk__hours--here");
    week(zone, openings, now).forEach(function (row) {
      var pair = make("div");
      pair.append(make("dt", "", days(row[0])), make("dd", "", row[1]));
      list.appendChild(pair);
    });
    desk.append(list, make("p", "kb-desk__zone", say("in your own time")));
  }

  // Steps that the reader marks as tried; ticks beside the steps themselves count too.
  var ticks = [];
  function tried() {
    if (kb.way) { return kb.way(); }
    return ticks.map(function (tick, index) {
      return (tick.checked ? "[x] " : "[ ] ") + (index + 1) + ". " + tick.dataset.text;
    });
  }

  function text() {
    var lines = [box.dataset.id + " " + box.dataset.title, location.href.split("#")[0]];
    var done = tried();
    if (done.length) { lines.push("", kb.way ? say("The way here:") : say("Already tried ([x]):")); }
    var note = box.querySelector("textarea");
    lines = lines.concat(done);
    if (note && note.value.trim()) { lines.push("", note.value.trim()); }
    return lines.join("\n");
  }

  function mail(address, subject, body) {
    var start = address + "?subject=" + encodeURIComponent(subject) + "&body=";
    var cut = Array.from(body);
    var encoded = encodeURIComponent(body.replace(/\n/g, "\r\n"));
    while (start.length + encoded.length > MOST && cut.length) {
      cut = cut.slice(0, Math.floor(cut.length * 0.9));
      encoded = encodeURIComponent(cut.join("").replace(/\n/g, "\r\n") + "\u2026");
    }
    return start + encoded;
  }

  function showTried() {
    var form = make("div", "kb-tried");
    var steps = kb.way ? [] : kb.all(".kb-steps--big > li");
    if (steps.length) {
      var list = make("fieldset", "kb-tried__list");
      list.appendChild(make("legend", "", say("What have you tried?")));
      steps.forEach(function (step, index) {
        var label = make("label", "kb-tried__step");
        var tick = make("input");
        var own = step.querySelector("input[type=checkbox]");
        var action = step.querySelector(".kb-action") || step;
        tick.type = "checkbox";
        tick.dataset.text = action.textContent.trim().replace(/\s+/g, " ");
        tick.checked = Boolean(own && own.checked);
        if (own) { own.addEventListener("change", function () { tick.checked = own.checked; }); }
        ticks.push(tick);
        label.append(tick, make("span", "", (index + 1) + ". " + tick.dataset.text));
        list.appendChild(label);
      });
      form.appendChild(list);
    }
    var label = make("label", "kb-tried__note", say("What do you see now?"));
    var note = make("textarea");
    note.rows = 3;
    label.appendChild(note);
    var buttons = make("div", "kb-tried__buttons");
    var said = make("span", "kb-tried__said");
    said.setAttribute("role", "status");
    kb.all(".kb-desk__address[href^='mailto:']", box).slice(0, 1).forEach(function (link) {
      var write = make("a", "kb-act kb-act--main", say("Write a mail with this"));
      var fill = function () {
        write.href = mail(link.getAttribute("href"), box.dataset.id + " " + box.dataset.title, text());
      };
      fill();
      ["click", "focus", "pointerdown"].forEach(function (name) { write.addEventListener(name, fill); });
      buttons.appendChild(write);
    });
    var copy = kb.button("kb-act", say("Copy as text"), function () {
      kb.copy(text()).then(function () {
        said.textContent = say("Copied");
        setTimeout(function () { said.textContent = ""; }, 2500);
      });
    });
    buttons.append(copy, said);
    form.append(label, buttons);
    box.insertBefore(form, box.querySelector(".kb-desks"));
  }

  kb.all(".kb-desk", box).forEach(function (desk) { showHours(desk, Date.now()); });
  showTried();
})();
