/* The search box: an input, a list of hits below it, keys. What it finds comes from search.js.
 *
 *   <div data-search data-base="../" data-language="zh"></div>
 *
 * Every text comes from kbWords, what filters are called from kbNames; content reaches the page as text only.
 * "All results and filters" stands below the hits. "/" goes to the box, arrows walk the hits, Enter opens one, Escape closes the list.
 */
(function () {
  "use strict";

  const LIMIT = 10;
  const say = (text) => (window.kbWords || {})[text] || text;

  function element(name, className, ...content) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...content);
    return made;
  }

  function marked(name, className, text, marks) {
    const made = element(name, className);
    let place = 0;
    for (const [start, end] of marks) {
      made.append(text.slice(place, start), element("mark", "", text.slice(start, end)));
      place = end;
    }
    made.append(text.slice(place));
    return made;
  }

  window.kbParts = { element, marked };

  function start(root, number) {
    const told = root.dataset;
    const names = window.kbNames || {};
    const base = new URL(told.base || "./", document.baseURI).href;
    const input = element("input", "kb-search__input");
    const list = element("ul", "kb-search__hits");
    const status = element("p", "kb-search__status");
    const listId = "kb-search-hits-" + number;
    let asking = null;
    let asked = "";
    let answered = "";
    let chosen = -1;

    input.type = "search";
    input.autocomplete = "off";
    input.spellcheck = false;
    input.placeholder = say("Search: words, error code, number");
    const attributes = {
      role: "combobox", "aria-label": say("Search"), "aria-controls": listId,
      "aria-expanded": "false", "aria-autocomplete": "list", "aria-haspopup": "listbox",
    };
    Object.entries(attributes).forEach(([name, value]) => input.setAttribute(name, value));
    list.id = listId;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", say("Search"));
    list.hidden = true;
    status.setAttribute("role", "status");
    root.append(input, status, list);

    function choose(place) {
      const options = list.querySelectorAll("a");
      if (chosen >= 0 && options[chosen]) options[chosen].setAttribute("aria-selected", "false");
      chosen = options.length ? (place + options.length) % options.length : -1;
      if (chosen < 0) {
        input.removeAttribute("aria-activedescendant");
        return;
      }
      options[chosen].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", options[chosen].id);
    }

    function open(isOpen) {
      list.hidden = !isOpen;
      input.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen) {
        chosen = -1;
        input.removeAttribute("aria-activedescendant");
      }
    }

    /* The link itself is the option: nothing else that can be pressed may be inside of one. */
    function offer(row, link, place) {
      row.setAttribute("role", "none");
      link.id = listId + "-" + place;
      link.setAttribute("role", "option");
      link.setAttribute("aria-selected", "false");
    }

    function option(hit, place) {
      const row = element("li", "kb-search__hit");
      const link = element("a", "kb-search__link");
      const facts = element("span", "kb-search__facts");
      offer(row, link, place);
      link.href = base + hit.path;
      link.tabIndex = -1;
      facts.append(element("span", "kb-search__id", hit.id));
      for (const name of ["issue_type", "tier", "confidence"]) {
        for (const value of hit.facets[name] || []) {
          facts.append(element("span", "kb-search__fact kb-search__fact--" + name, names[value] || value));
        }
      }
      const title = marked("span", "kb-search__title", hit.title, hit.titleMarks);
      const snippet = marked("span", "kb-search__snippet", hit.snippet.text, hit.snippet.marks);
      title.lang = snippet.lang = hit.language;
      link.append(title, snippet, facts);
      row.append(link);
      return row;
    }

    /* The last option leads to all results, with filters, and to help where there are none. */
    function wayToAll(text, place) {
      const row = element("li", "kb-search__hit");
      const words = say("All results and filters");
      const link = element("a", "kb-search__link kb-search__all", words);
      offer(row, link, place);
      link.href = base + told.language + "/search/index.html?q=" + encodeURIComponent(text);
      link.tabIndex = -1;
      row.append(link);
      return row;
    }

    function show(text, results) {
      list.replaceChildren(...results.hits.map(option), wayToAll(text, results.hits.length));
      status.textContent = results.total
        ? say("{count} found").replace("{count}", results.total.toLocaleString(told.language))
        : say("Nothing found. Try other words, or hand it over with what you have.");
      open(true);
      choose(0);
    }

    function answer() {
      const text = (asked = input.value.trim());
      if (!text) {
        list.replaceChildren();
        status.textContent = "";
        open(false);
        return Promise.resolve();
      }
      const isCurrent = () => text === input.value.trim();
      return window.kbSearch
        .load(base)
        .then(() => window.kbSearch.query(text, { language: told.language, limit: LIMIT }))
        .then((results) => {
          if (!isCurrent()) return;
          answered = text;
          show(text, results);
        })
        .catch(() => {
          if (isCurrent()) status.textContent = say("Search cannot be loaded. Build the site again.");
        });
    }

    /* One question at a time: what is typed meanwhile is asked when the answer is there. */
    function ask() {
      asking = asking || answer().then(() => {
        asking = null;
        return asked === input.value.trim() ? undefined : ask();
      });
      return asking;
    }

    input.addEventListener("input", ask);
    input.addEventListener("focus", () => {
      window.kbSearch.load(base).catch(() => {});
      if (list.children.length) open(true);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden && list.children.length) open(true);
        choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
        if (chosen >= 0) list.children[chosen].scrollIntoView({ block: "nearest" });
      } else if (event.key === "Enter") {
        event.preventDefault();
        const isCurrent = !list.hidden && chosen >= 0 && answered === input.value.trim();
        const go = () => {
          if (list.children.length === 1) window.kbMissing.note(input.value, told.language);
          const link = list.querySelectorAll("a")[Math.max(0, chosen)];
          if (link) link.click();
        };
        if (isCurrent) go();
        else ask().then(go);
      } else if (event.key === "Escape") {
        if (list.hidden) input.value = "";
        open(false);
      }
    });
    document.addEventListener("click", (event) => {
      if (!root.contains(event.target)) open(false);
    });
    return input;
  }

  function isTyping(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
  }

  function startAll() {
    const inputs = Array.from(document.querySelectorAll("[data-search]"), start);
    if (!inputs.length) return;
    document.addEventListener("keydown", (event) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (event.key === "/" && isPlain && !isTyping(event.target)) {
        event.preventDefault();
        inputs[0].focus();
        inputs[0].select();
      }
    });
    const asked = new URLSearchParams(location.search).get("q");
    if (asked) {
      inputs[0].value = asked;
      inputs[0].dispatchEvent(new Event("input"));
      inputs[0].focus();
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", startAll);
  else startAll();
})();
