/* Queries that found nothing, kept on this device only: kbMissing.note(text), list(), save(). */
(function (global) {
  "use strict";

  const KEY = "kb-missing";
  const MOST = 200;
  const LONGEST = 200;

  function list() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) || "[]");
      return Array.isArray(kept) ? kept.filter((each) => each && typeof each.text === "string") : [];
    } catch (error) {
      return [];
    }
  }

  /* Keep a query; the same text is counted up, the oldest goes where there are too many. */
  function note(text, language) {
    const words = String(text).trim().replace(/\s+/g, " ").slice(0, LONGEST);
    if (!words) return list().length;
    const now = new Date().toISOString().slice(0, 10);
    const kept = list();
    const before = kept.findIndex((each) => each.text === words);
    const one = before < 0 ? { text: words, language, count: 0, first: now } : kept.splice(before, 1)[0];
    kept.push(Object.assign(one, { count: one.count + 1, last: now }));
    try {
      localStorage.setItem(KEY, JSON.stringify(kept.slice(-MOST)));
    } catch (error) {
      return 0;
    }
    return Math.min(kept.length, MOST);
  }

  /* Hand all of them to the reader as a file. */
  function save() {
    const content = JSON.stringify({ format: "tierbook-missing-1", queries: list() }, null, 1);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
    link.download = "kb-missing-" + new Date().toISOString().slice(0, 10) + ".json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  global.kbMissing = { note, list, save };
})(window);
