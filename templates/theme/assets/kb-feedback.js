// "Did this help?": answers stay on this device until they are saved as a file, or are sent where
// the settings name an endpoint. kbFeedback: list(), save().
(function () {
  "use strict";
  var here = document.currentScript.dataset;
  var kb = window.kb;
  var say = kb.say;
  var make = kb.make;
  var button = kb.button;
  var KEY = "kb-feedback";
  var MOST = 300;
  var LONGEST = 1000;
  var box = document.querySelector(".kb-feedback");

  function read() {
    var held = null;
    try { held = JSON.parse(localStorage.getItem(KEY) || "null"); } catch (error) { /* none, or broken */ }
    var isOurs = held && typeof held.device === "string" && Array.isArray(held.answers);
    return isOurs ? held : { device: word(), answers: [] };
  }

  function word() {
    var bytes = crypto.getRandomValues(new Uint8Array(8));
    return Array.from(bytes, function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
  }

  function list() {
    return read().answers.filter(function (each) { return each && typeof each.id === "string"; });
  }

  function find(answers) {
    return answers.find(function (each) {
      return each.id === box.dataset.id && each.language === here.language;
    });
  }

  // Keep an answer; a later one on the same record takes its place, the oldest goes.
  function note(helped, comment) {
    var held = read();
    var before = find(list());
    var answer = {
      id: box.dataset.id,
      edition: box.dataset.edition,
      language: here.language,
      helped: helped,
      comment: String(comment).trim().slice(0, LONGEST),
      at: new Date().toISOString(),
      sent: false,
    };
    var others = list().filter(function (each) { return !before || each.at !== before.at || each.id !== before.id; });
    held.answers = others.concat(answer).slice(-MOST);
    kb.keep(KEY, JSON.stringify(held));
    return answer;
  }

  function content(answers) {
    return {
      format: "tierbook-feedback-1",
      device: read().device,
      answers: answers.map(function (each) {
        return {
          id: each.id, edition: each.edition, language: each.language,
          helped: each.helped, comment: each.comment, at: each.at,
        };
      }),
    };
  }

  function save() {
    var blob = new Blob([JSON.stringify(content(list()), null, 1)], { type: "application/json" });
    var link = make("a");
    link.href = URL.createObjectURL(blob);
    link.download = "kb-feedback-" + new Date().toISOString().slice(0, 10) + ".json";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  // Send what has not been sent; what fails stays and goes with the next answer.
  function send() {
    var waiting = list().filter(function (each) { return !each.sent; });
    if (!here.endpoint || !waiting.length) { return Promise.resolve(false); }
    return fetch(here.endpoint, {
      method: "POST",
      body: JSON.stringify(content(waiting)),
      headers: { "Content-Type": "application/json" },
      credentials: "omit",
      keepalive: true,
    }).then(function (response) {
      if (!response.ok) { return false; }
      var held = read();
      held.answers.forEach(function (each) {
        if (waiting.some(function (one) { return one.id === each.id && one.at === each.at; })) { each.sent = true; }
      });
      kb.keep(KEY, JSON.stringify(held));
      return true;
    }).catch(function () { return false; });
  }

  window.kbFeedback = { list: list, save: save };
  if (!box) { return; }

  var ask = box.querySelector(".kb-feedback__ask");
  var more = make("div", "kb-feedback__more");
  var said = make("p", "kb-feedback__said");
  said.setAttribute("role", "status");
  more.hidden = true;
  var buttons = [[true, say("Yes, it helped")], [false, say("No, it did not")]].map(function (pair) {
    var made = button("kb-act kb-act--answer", pair[1], function () { answer(pair[0], ""); });
    made.setAttribute("aria-pressed", "false");
    return ask.appendChild(made);
  });
  box.append(said, more);
  box.hidden = false;

  function press(helped) {
    buttons[0].setAttribute("aria-pressed", String(helped === true));
    buttons[1].setAttribute("aria-pressed", String(helped === false));
  }

  function answer(helped, comment) {
    var before = find(list());
    note(helped, comment || (before && before.helped === helped ? before.comment : ""));
    press(helped);
    tell(helped, Boolean(comment));
    send().then(function (isSent) { if (isSent) { tell(helped, Boolean(comment)); } });
  }

  function tell(helped, isNoted) {
    var kept = find(list());
    var contact = document.getElementById("contact");
    said.textContent = !kept ? say("This browser keeps nothing; the answer is lost.")
      : isNoted ? say("Thank you. The note is kept.")
      : helped ? say("Good to hear. Thank you.") : say("Thank you. That helps us to mend it.");
    if (!helped && contact) {
      var on = make("a", "", say("To the people who help"));
      on.href = "#contact";
      said.append(" ", on);
    }
    more.hidden = !kept;
    if (kept && !more.firstChild) { fillMore(); }
    var place = more.querySelector(".kb-feedback__kept span");
    if (place) { place.textContent = where(kept); }
  }

  function where(kept) {
    return kept && kept.sent ? say("Sent.")
      : say("{count} on this device").replace("{count}", String(list().length));
  }

  function fillMore() {
    var label = make("label", "kb-tried__note", say("What was missing or wrong? No names, no passwords."));
    var comment = make("textarea");
    comment.rows = 3;
    comment.maxLength = LONGEST;
    label.appendChild(comment);
    var keep = button("kb-find__button", say("Keep this note"), function () {
      var kept = find(list());
      if (comment.value.trim() && kept) { answer(kept.helped, comment.value); }
    });
    var line = make("p", "kb-feedback__kept");
    line.append(button("kb-find__button", say("Save as a file"), save), make("span"));
    more.append(label, keep, line);
  }

  var earlier = find(list());
  if (earlier) { press(earlier.helped); }
  send();
})();
