/* The page of all results: filters with counts, an address for every search, help where nothing fits.
 *
 *   <div data-find data-base="../../" data-language="zh" data-failed="…"
 *        data-facets='{"issue_type": {"printing": "打印"}, …}' data-guides='[{path, title, type}]'></div>
 *
 * ?q=printer+offline&tier=L1&tier=L2 is a search. Content reaches the page as text only.
 */
(function () {
  "use strict";

  const PAUSE = 120;
  const STEP = 20;
  const FEW = 3;
  const SHOWN_VALUES = 8;
  const LANGUAGES = { zh: "中文", en: "English", de: "Deutsch", th: "ไทย" };
  const FACTS = ["issue_type", "tier", "confidence"];
  const { element, marked } = window.kbParts;
  const say = (text) => (window.kbWords || {})[text] || text;
  const TITLES = {
    issue_type: say("Issue type"), product: say("Product"), platform: say("Platform"),
    tier: say("Tier"), kind: say("Kind"), language: say("Language"),
    confidence: say("Confidence"), audience: say("Audience"),
  };

  function button(text, act) {
    const made = element("button", "kb-find__button", text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  function start(root) {
    const { language, failed } = root.dataset;
    const names = Object.assign(JSON.parse(root.dataset.facets), { language: LANGUAGES });
    const guides = JSON.parse(root.dataset.guides);
    const base = new URL(root.dataset.base, document.baseURI).href;
    const asked = new URLSearchParams(location.search);
    const chosen = {};
    for (const name of Object.keys(names)) chosen[name] = asked.getAll(name);
    let limit = STEP;
    let turn = 0;
    let timer = 0;

    const input = element("input", "");
    const form = element("form", "kb-search kb-search--large", input);
    const status = element("p", "kb-find__status");
    const filters = element("div", "kb-find__filters");
    const list = element("ol", "kb-find__hits");
    const more = button(say("Show more"), () => {
      limit += STEP;
      ask();
    });
    const help = element("section", "kb-find__help");
    Object.assign(input, {
      type: "search", autocomplete: "off", spellcheck: false, value: asked.get("q") || "",
      placeholder: say("Search: words, error code, number"),
    });
    input.setAttribute("aria-label", say("Search"));
    form.setAttribute("role", "search");
    status.setAttribute("role", "status");
    filters.setAttribute("role", "group");
    filters.setAttribute("aria-label", say("Filters"));
    more.hidden = help.hidden = true;
    root.replaceChildren(
      form, status, element("div", "kb-find__body", filters, element("div", "", list, more, help))
    );

    const number = (count) => count.toLocaleString(language);
    const nameOf = (facet, value) => (names[facet] || {})[value] || value;

    function address() {
      const query = new URLSearchParams();
      if (input.value.trim()) query.set("q", input.value.trim());
      for (const [name, values] of Object.entries(chosen)) values.forEach((value) => query.append(name, value));
      const text = query.toString();
      return location.pathname + (text ? "?" + text : "");
    }

    function remember() {
      try {
        history.replaceState(null, "", address());
      } catch (error) {
        // a browser that keeps the addresses of files as they are
      }
    }

    function box(name, value, count) {
      const check = element("input", "");
      Object.assign(check, { type: "checkbox", checked: chosen[name].includes(value) });
      check.dataset.key = name + " " + value;
      check.addEventListener("change", () => {
        chosen[name] = chosen[name].filter((each) => each !== value).concat(check.checked ? value : []);
        limit = STEP;
        ask();
      });
      const called = element("bdi", "", nameOf(name, value));
      if (name === "language") called.lang = value;
      return element("label", "kb-find__value", check, called, element("span", "", number(count)));
    }

    function showFilters(counts) {
      const focused = document.activeElement && document.activeElement.dataset.key;
      const groups = [];
      for (const name of Object.keys(names)) {
        const found = counts[name] || {};
        const values = Array.from(new Set(Object.keys(found).concat(chosen[name])));
        if (values.length < 2 && !chosen[name].length) continue;
        values.sort((a, b) => (found[b] || 0) - (found[a] || 0) || (a < b ? -1 : 1));
        const isKept = (value, place) => place < SHOWN_VALUES || chosen[name].includes(value);
        const rows = values.filter(isKept).map((value) => box(name, value, found[value] || 0));
        const group = element("fieldset", "kb-find__facet", element("legend", "", TITLES[name]), ...rows);
        const rest = values.filter((value, place) => !isKept(value, place));
        if (rest.length) {
          const others = rest.map((value) => box(name, value, found[value] || 0));
          group.append(element("details", "", element("summary", "", "+ " + rest.length), ...others));
        }
        groups.push(group);
      }
      if (Object.values(chosen).some((values) => values.length)) {
        groups.unshift(button(say("Remove filters"), () => {
          for (const name of Object.keys(chosen)) chosen[name] = [];
          ask();
          input.focus();
        }));
      }
      filters.replaceChildren(...groups);
      const again = focused && Array.from(filters.querySelectorAll("input")).find((each) => each.dataset.key === focused);
      if (again) again.focus();
    }

    function row(hit) {
      const link = marked("a", "kb-search__title", hit.title, hit.titleMarks);
      link.href = base + hit.path;
      const facts = element("p", "kb-search__facts", element("span", "kb-search__id", hit.id));
      for (const name of FACTS) {
        for (const value of hit.facets[name] || []) {
          facts.append(element("span", "kb-search__fact kb-search__fact--" + name, nameOf(name, value)));
        }
      }
      for (const other of hit.languages.filter((each) => each !== hit.language)) {
        const called = element("span", "", LANGUAGES[other] || other);
        called.lang = other;
        facts.append(called);
      }
      if (hit.also.length) facts.append(element("span", "", say("Same issue:") + " " + hit.also.join(", ")));
      const snippet = marked("p", "kb-search__snippet", hit.snippet.text, hit.snippet.marks);
      link.lang = snippet.lang = hit.language;
      return element("li", "kb-find__hit", link, snippet, facts);
    }

    function likely(hits) {
      const types = hits.slice(0, 5).map((hit) => (hit.facets.issue_type || [])[0]);
      const weight = (guide) => types.filter((type) => type === guide.type).length;
      return guides.slice().sort((a, b) => weight(b) - weight(a));
    }

    function handOver(text) {
      const note = [
        say("The caller said:") + " " + text, say("Since when, and what changed?"),
        say("Which device, version and place?"), say("The exact words of the error, or a photo"),
        say("What was tried, with what result"),
      ].join("\n");
      const copy = button(say("Copy"), () => {
        navigator.clipboard.writeText(note).then(() => (copy.textContent = say("Copied")), () => {});
      });
      return [element("h2", "", say("Escalate with what you have")), element("pre", "", note), copy];
    }

    function missing(text, isNoted) {
      const kept = element("span", "");
      const sayKept = (count) => (kept.textContent = say("{count} on this device").replace("{count}", number(count)));
      const noted = button(say("Note as missing"), () => {
        sayKept(window.kbMissing.note(text, language));
        noted.disabled = true;
      });
      sayKept(isNoted ? window.kbMissing.note(text, language) : window.kbMissing.list().length);
      noted.disabled = isNoted;
      return element("p", "kb-find__missing", noted, button(say("Save as a file"), window.kbMissing.save), kept);
    }

    function showHelp(text, results, better) {
      const parts = [element("h2", "", results.total ? say("None of these?") : say("Nothing found."))];
      if (better) {
        parts.push(element("p", "", say("Did you mean:") + " ", button(better, () => {
          input.value = better;
          ask();
        })));
      }
      const ways = likely(results.hits).map((guide) => {
        const link = element("a", "", guide.title);
        link.href = base + guide.path;
        if (guide.language) link.lang = guide.language;
        return element("li", "", link);
      });
      if (ways.length) {
        parts.push(element("h2", "", say("Go through it step by step")), element("ul", "", ...ways));
      }
      parts.push(...handOver(text), missing(text, !results.total && !hasFilters()));
      help.replaceChildren(...parts);
      help.hidden = false;
    }

    const hasFilters = () => Object.values(chosen).some((values) => values.length);

    function show(text, results, better) {
      list.replaceChildren(...results.hits.map(row));
      more.hidden = results.total <= results.hits.length;
      status.textContent = say("{count} found").replace("{count}", number(results.total));
      showFilters(results.counts);
      showHelp(text, results, better);
    }

    function ask() {
      const text = input.value.trim();
      const mine = ++turn;
      clearTimeout(timer);
      remember();
      if (!text) {
        list.replaceChildren();
        filters.replaceChildren();
        status.textContent = "";
        more.hidden = help.hidden = true;
        return;
      }
      window.kbSearch
        .load(base)
        .then(() => window.kbSearch.query(text, { language, filters: chosen, limit, counts: true }))
        .then((results) =>
          (results.total < FEW ? window.kbSearch.suggest(text) : Promise.resolve("")).then((better) => {
            if (mine === turn) show(text, results, better);
          })
        )
        .catch(() => {
          if (mine === turn) status.textContent = failed;
        });
    }

    input.addEventListener("input", () => {
      limit = STEP;
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask();
    });
    document.addEventListener("keydown", (event) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (event.key === "/" && isPlain && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) {
        event.preventDefault();
        input.focus();
        input.select();
      }
    });
    if (!input.value) input.focus();
    ask();
  }

  document.querySelectorAll("[data-find]").forEach(start);
})();
