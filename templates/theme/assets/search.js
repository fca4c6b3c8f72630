/* Search in the page: a query in, ranked hits out, from the shards that `kb build` made.
 *
 * The port of generator/analysis.py, ranking.py and snippets.py; the names are theirs, the reasons
 * stand there. Shards come by script elements, because a page opened from a disk may load nothing
 * else. No markup here: search-ui.js shows what this finds.
 *
 *   kbSearch.load(base)          base: address of the site's root, ending in "/"
 *   kbSearch.query(text, {language, filters, limit, counts})
 *     -> {hits: [{id, language, kind, path, title, titleMarks, snippet: {text, marks}, facets,
 *        score, isExact, languages}], total, counts, words}
 */
(function (global) {
  "use strict";

  // ---- analysis ----

  const LONGEST_TOKEN = 48;
  const LETTERS =
    "A-Za-z\\u00aa\\u00b5\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02af\\u0300-\\u03ff" +
    "\\u0400-\\u058f\\u05d0-\\u05ea\\u0620-\\u065f\\u066e-\\u06d3\\u0900-\\u0dff\\u10d0-\\u10ff" +
    "\\u1e00-\\u1fff";
  const HAN =
    "\\u3005\\u3007\\u3041-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uac00-\\ud7a3\\uf900-\\ufaff" +
    "\\u{20000}-\\u{323af}";
  const UNSPACED = "\\u0e01-\\u0e3a\\u0e40-\\u0e4e\\u0e81-\\u0ecd\\u1000-\\u103f\\u1780-\\u17d3";
  const RUN_PATTERN =
    "([" + HAN + "]+)|([" + UNSPACED + "]+)" +
    "|([0-9" + LETTERS + "]+(?:[\\-_./:\\\\'’@+][0-9" + LETTERS + "]+)*)";
  const CONNECTOR = /(?<![0-9])[.:]|[.:](?![0-9])|[.:](?=0x)|[-_/\\'’@+]/;
  const CAMEL = /(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;
  const GROUP = new RegExp("[0-9]+|[" + LETTERS + "]{2,}", "gu");
  const HEXADECIMAL = /^0x0*([0-9a-f]+)$/;
  const PADDED = /^(?=.{8})0+([0-9a-f]+)$/;
  const VERSION = /^v?([0-9]+(?:[.:][0-9]+)*)$/;
  const UMLAUT = /(?<![aeoquy])([aou])e(?=[^aeiou])/g;
  const CODE_WORD = new RegExp(
    "^(?:(?:stop|error|code|stopcode|bugcheck|status|event|id|nr|no|fehler|fehlercode|ereignis" +
    "|hresult|exit|http)(?![a-z])|代码|错误代码|错误码|错误|蓝屏|停止代码|报错|事件|รหัสข้อผิดพลาด|รหัส|ข้อผิดพลาด)" +
    "[\\s:#.=\\-]*"
  );
  const ENDING = new RegExp(
    "^(.{4,}?)(ungen|ung|heiten|heit|keiten|keit|ations|ation|ating|ated|ates|ate|ments|ness|ings|ing" +
    "|ions|ion|ies|ern|ers|est|er|en|em|es|ed|et|ly|e|(?<!s)s|n|t)$", "u"
  );
  const INSTEAD = { ments: "ment", ies: "y" };
  const SHORTEST_STEM = 4;

  function fold(text) {
    return text
      .normalize("NFKC")
      .replace(/[\u0e50-\u0e59]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50))
      .replace(/\u00df/g, "ss").replace(/\u1e9e/g, "SS")
      .replace(/\u0e4d\u0e32/g, "\u0e33");
  }

  function stem(word) {
    // eslint-disable-next-line no-control-regex
    if (/[^\x00-\x7f]/.test(word)) word = word.normalize("NFD").replace(/[\u0300-\u036f]/g, "");
    if (word.length >= 6) word = word.replace(UMLAUT, "$1");
    for (let round = 0; round < 2; round++) {
      const match = ENDING.exec(word);
      if (match) word = match[1] + (INSTEAD[match[2]] || "");
    }
    if (word.length > SHORTEST_STEM && word.endsWith("y")) word = word.slice(0, -1) + "i";
    if (word.length > SHORTEST_STEM && word[word.length - 1] === word[word.length - 2]) {
      word = word.slice(0, -1);
    }
    return word.slice(0, LONGEST_TOKEN);
  }

  function partsOf(piece) {
    const parts = piece.split(CAMEL);
    const tokens = parts.length > 1 ? parts.map((part) => stem(part.toLowerCase())) : [];
    const groups = (/[0-9]/.test(piece) && piece.toLowerCase().match(GROUP)) || [];
    return groups.some((group) => !/^[0-9]+$/.test(group)) ? tokens.concat(groups.map(stem)) : tokens;
  }

  /* Return the words and the variants of one run of Latin letters and digits. */
  function wordTokens(run) {
    const pieces = run.split(CONNECTOR).filter(Boolean);
    const words = [];
    const variants = [];
    for (const piece of pieces) {
      const lower = piece.toLowerCase();
      const code = HEXADECIMAL.exec(lower);
      const number = code || VERSION.exec(lower) || PADDED.exec(lower);
      if (number) {
        words.push(number[1].slice(0, LONGEST_TOKEN));
        if (code) variants.push("0x" + code[1].slice(0, LONGEST_TOKEN - 2));
      } else {
        words.push(/[0-9]/.test(lower) ? lower.slice(0, LONGEST_TOKEN) : stem(lower));
        variants.push(...partsOf(piece));
      }
    }
    if (pieces.length > 1) variants.push(stem(pieces.join("").toLowerCase()));
    const kept = words.filter(Boolean);
    return [kept, Array.from(new Set(variants.filter((one) => one && !kept.includes(one))))];
  }

  /* Return [start, end, words, variants, places] for each run; places hold [start, end, token] of
   * the overlapping tokens of scripts without spaces. */
  function runs(folded) {
    const found = [];
    const pattern = new RegExp(RUN_PATTERN, "gu");
    let before = "";
    for (let match = pattern.exec(folded); match; match = pattern.exec(folded)) {
      const run = match[0];
      const start = match.index;
      const end = start + run.length;
      if (match[1] || match[2]) {
        const size = match[1] ? 2 : 3;
        const letters = Array.from(run);
        const places = [];
        let at = start;
        for (let i = 0; i <= Math.max(0, letters.length - size); i++) {
          const token = letters.slice(i, i + size).join("");
          places.push([at, at + token.length, token]);
          at += letters[i].length;
        }
        const singles = match[1] && letters.length > 1 ? letters : [];
        found.push([start, end, places.map((place) => place[2]), [], places, singles]);
      } else {
        const [words, variants] = wordTokens(run);
        if (before === "kb" && /^[0-9]{6,7}$/.test(run)) variants.push("kb" + run);
        else if (/^[0-9]{10}$/.test(run) && folded[start - 1] === "-" && Number(run) < 2 ** 32) {
          variants.push((2 ** 32 - Number(run)).toString(16));
        }
        found.push([start, end, words, variants, null, []]);
      }
      before = run.toLowerCase();
    }
    return found;
  }

  function tokens(text, singles) {
    const found = runs(fold(text));
    return [
      [].concat(...found.map((run) => run[2])),
      [].concat(...found.map((run) => (singles ? run[3].concat(run[5]) : run[3]))),
    ];
  }

  function foldWithOrigins(text) {
    const folded = fold(text);
    if (folded.length === text.length) return [folded, null];
    let whole = "";
    const origin = [];
    let index = 0;
    for (const character of text) {
      const piece = fold(character);
      for (let i = 0; i < piece.length; i++) {
        origin.push(index + (piece.length === character.length ? i : 0));
      }
      whole += piece;
      index += character.length;
    }
    return [whole, origin];
  }

  function spans(text) {
    const [folded, origin] = foldWithOrigins(text);
    const start = (place) => (origin ? origin[place] : place);
    const end = (place) => (origin ? origin[place - 1] + 1 : place);
    const found = [];
    for (const [from, to, words, variants, places] of runs(folded)) {
      if (places) places.forEach(([a, b, token]) => found.push([start(a), end(b), [token]]));
      else found.push([start(from), end(to), words.concat(variants)]);
    }
    return found;
  }

  function grams(token) {
    const marked = "_" + token + "_";
    const found = new Set();
    for (let i = 0; i < marked.length - 2; i++) found.add(marked.slice(i, i + 3));
    return found;
  }

  const isVocabulary = (token) => /^[a-z]{4,24}$/.test(token);

  function exactKey(text) {
    let key = fold(text).trim().toLowerCase();
    for (;;) {
      const shorter = key.replace(CODE_WORD, "");
      if (shorter === key || !shorter) break;
      key = shorter;
    }
    key = key.replace(/[^0-9a-z.]+|(?<![0-9])\.|\.(?![0-9])/g, "");
    key = key.replace(/^0x0*(?=[0-9a-f])|^0+(?=[0-9a-f]+$)/, "");
    key = key.replace(/^([a-z]+)0+(?=[0-9]+$)/, "$1");
    return key.length <= LONGEST_TOKEN ? key : "";
  }

  // ---- snippets ----

  const WIDTH = 160;
  const LEAD = 24;
  const COMBINING = /^[\u0300-\u036f\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]/;
  const LATIN = /^[0-9A-Za-z\u00c0-\u024f]/;

  function marksIn(text, tokens) {
    const marks = [];
    for (let [start, end, given] of spans(text)) {
      if (!given.some((token) => tokens.has(token))) continue;
      while (start > 0 && COMBINING.test(text[start])) start--;
      while (end < text.length && COMBINING.test(text[end])) end++;
      const last = marks[marks.length - 1];
      if (last && start <= last[1]) last[1] = Math.max(end, last[1]);
      else marks.push([start, end]);
    }
    return marks;
  }

  function endOf(text, start) {
    let room = WIDTH;
    let end = start;
    while (end < text.length && room > 0) {
      room -= text[end] >= "\u2e80" && text[end] <= "\uffef" ? 2 : 1;
      end++;
    }
    while (end < text.length && (COMBINING.test(text[end]) || /[\udc00-\udfff]/.test(text[end]))) end++;
    return end;
  }

  function bestStart(text, tokens) {
    const places = [];
    for (const [start, , given] of spans(text)) {
      for (const token of given) if (tokens.has(token)) places.push([start, token]);
    }
    let best = 0;
    let most = 0;
    for (const [start] of places) {
      const end = endOf(text, start) - LEAD;
      const held = new Set(places.filter((p) => p[0] >= start && p[0] < end).map((p) => p[1])).size;
      if (held > most) [best, most] = [start, held];
    }
    if (best <= LEAD) return 0;
    let start = best - LEAD;
    while (
      start < best &&
      (COMBINING.test(text[start]) || /[\udc00-\udfff]/.test(text[start]) ||
        (LATIN.test(text[start]) && LATIN.test(text[start - 1])))
    ) start++;
    return start;
  }

  function snippet(text, tokens) {
    const start = bestStart(text, tokens);
    const end = endOf(text, start);
    const before = start ? "…" : "";
    const marks = marksIn(text, tokens)
      .filter((mark) => mark[0] < end && mark[1] > start)
      .map((mark) => [
        Math.max(mark[0], start) - start + before.length,
        Math.min(mark[1], end) - start + before.length,
      ]);
    return { text: before + text.slice(start, end) + (end < text.length ? "…" : ""), marks };
  }

  // ---- shards ----

  const FORMAT = 1;
  const BLOCK_SIZE = 8;
  const SHARDS_KEPT = 80;
  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const arrivals = new Map();
  const shards = new Map();
  let base = "";
  let state = null;

  global.kbShard = function (name, value) {
    const arrival = arrivals.get(name);
    if (arrival) arrival(value);
  };

  function shard(name) {
    let promise = shards.get(name);
    if (promise) {
      shards.delete(name);
    } else {
      promise = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        const done = (act, value) => {
          arrivals.delete(name);
          script.remove();
          act(value);
        };
        arrivals.set(name, (value) => done(resolve, value));
        script.onerror = () => {
          shards.delete(name);
          done(reject, new Error("search: no file " + name));
        };
        script.src = base + "search/" + name + ".js";
        document.head.appendChild(script);
      });
      if (shards.size > SHARDS_KEPT) shards.delete(shards.keys().next().value);
    }
    shards.set(name, promise);
    return promise;
  }

  function shardOf(token, count) {
    let value = 2166136261;
    for (let i = 0; i < token.length; i++) value = Math.imul(value ^ token.charCodeAt(i), 16777619);
    value >>>= 0;
    return ((value ^ (value >>> 15)) & (count - 1)).toString(16);
  }

  function decodePostings(text) {
    const bytes = atob(text);
    const postings = [];
    let value = 0;
    let shift = 0;
    let number = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes.charCodeAt(i);
      value |= (byte & 127) << shift;
      shift += 7;
      if (byte < 128) {
        number += value >> 4;
        postings.push((number << 4) | (value & 15));
        value = shift = 0;
      }
    }
    return postings;
  }

  const held = (row, key) => (Object.prototype.hasOwnProperty.call(row, key) ? row[key] : "");

  async function postingsOf(token) {
    return decodePostings(held(await shard("w/" + shardOf(token, state.shards)), token));
  }

  async function alike(token) {
    const rows = await Promise.all(
      Array.from(grams(token), async (gram) => held(await shard("g/" + shardOf(gram, state.grams)), gram))
    );
    return new Set([].concat(...rows.map((row) => row.split(" ").filter(Boolean))));
  }

  function load(address) {
    if (state && base === address) return Promise.resolve(state);
    base = address;
    shards.clear();
    state = null;
    return shard("base").then((value) => {
      if (value.format !== FORMAT) throw new Error("search: the index is of another version");
      const lengths = atob(value.lengths);
      state = Object.assign({}, value, {
        weights: Float64Array.from(lengths, (code) => Math.pow(2, code.charCodeAt(0) / 8)),
      });
      return state;
    });
  }

  // ---- ranking ----

  const LEVELS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 26, 34, 48, 64, 96];
  const SATURATION = 1.5;
  const LENGTH_SHARE = 0.75;
  const CODE_LENGTH_SHARE = 0.1;
  const CHINESE_WEIGHT = 0.75;
  const UNSPACED_WEIGHT = 0.35;
  const VARIANT_WEIGHT = 0.4;
  const LIKENESS_WEIGHT = 0.4;
  const RAREST = 3;
  const LEAST_LIKENESS = 0.5;
  const MOST_ALIKE = 8;
  const OVERLAP_SHARE = 0.8;
  const EXACT_SCORE = 1000;
  const LONGEST_QUERY = 512;
  const MOST_TOKENS = 96;

  function tokenWeight(token) {
    if (token[0] >= "\u0e01" && token[0] <= "\u17d3") return UNSPACED_WEIGHT;
    return token[0] >= "\u3005" && Array.from(token).length > 1 ? CHINESE_WEIGHT : 1;
  }

  function readQuery(text) {
    text = Array.from(text.slice(0, 2 * LONGEST_QUERY)).slice(0, LONGEST_QUERY).join("");
    const [words, variants] = tokens(text);
    const counts = new Map();
    const weights = new Map();
    for (const token of words) counts.set(token, (counts.get(token) || 0) + 1);
    counts.forEach((count, token) => weights.set(token, count * tokenWeight(token)));
    counts.clear();
    for (const token of variants) counts.set(token, (counts.get(token) || 0) + 1);
    counts.forEach((count, token) => weights.set(token, (weights.get(token) || 0) + count * VARIANT_WEIGHT));
    return { tokens: Array.from(weights).slice(0, MOST_TOKENS), key: exactKey(text) };
  }

  function add(scores, postings, weight, share) {
    const rarity = weight * Math.log(1 + (state.count - postings.length + 0.5) / (postings.length + 0.5));
    const still = SATURATION * (1 - share);
    const slope = (SATURATION * share) / state.average;
    for (const posting of postings) {
      const number = posting >> 4;
      const count = LEVELS[posting & 15];
      const gain = (rarity * count) / (count + still + slope * state.weights[number]);
      scores.set(number, (scores.get(number) || 0) + gain);
    }
  }

  function likeness(own, other) {
    let shared = 0;
    for (const gram of own) if (other.has(gram)) shared++;
    const whole = (2 * shared) / (own.size + other.size);
    const shorter = Math.min(own.size, other.size);
    return shorter >= 4 ? Math.max(whole, (OVERLAP_SHARE * shared) / shorter) : whole;
  }

  async function near(token) {
    const own = grams(token);
    const candidates = [];
    for (const word of await alike(token)) {
      const value = word === token ? 0 : likeness(own, grams(word));
      if (value >= LEAST_LIKENESS) candidates.push([value, word]);
    }
    candidates.sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? -1 : 1));
    return Promise.all(
      candidates.slice(0, MOST_ALIKE).map(async ([value, word]) => [word, value, await postingsOf(word)])
    );
  }

  async function score(query) {
    const scores = new Map();
    const matched = new Set();
    const found = await Promise.all(
      query.tokens.map(async ([token]) => {
        const postings = await postingsOf(token);
        const isRare = postings.length <= RAREST && isVocabulary(token);
        return [postings, isRare ? await near(token) : []];
      })
    );
    query.tokens.forEach(([token, weight], place) => {
      const [postings, others] = found[place];
      if (postings.length) {
        matched.add(token);
        add(scores, postings, weight, /[0-9]/.test(token) ? CODE_LENGTH_SHARE : LENGTH_SHARE);
      }
      for (const [word, value, more] of others) {
        matched.add(word);
        add(scores, more, weight * value * LIKENESS_WEIGHT, LENGTH_SHARE);
      }
    });
    if (query.key) {
      for (const posting of await postingsOf("=" + query.key)) {
        scores.set(posting >> 4, (scores.get(posting >> 4) || 0) + EXACT_SCORE);
      }
    }
    return [scores, matched];
  }

  const points = (value) => Math.floor(value * 1000000 + 0.5);

  /* The first entry of the record that an entry belongs to, and its language. */
  function firstOf(number) {
    while (state.records.charCodeAt(number) >= 0x61) number--;
    return number;
  }

  function languageOf(number) {
    const code = state.records.charCodeAt(number);
    return state.languages[code - (code >= 0x61 ? 0x61 : 0x30)];
  }

  async function readFacets() {
    const { width, rows, column } = await shard("facets");
    return (number) => {
      let row = 0;
      for (let i = 0; i < width; i++) row = row * 64 + DIGITS.indexOf(column[number * width + i]);
      return rows[row];
    };
  }

  function count(records, facetsOf) {
    const counts = {};
    for (const numbers of records.values()) {
      const seen = new Set();
      for (const number of numbers) {
        for (const [name, values] of Object.entries(facetsOf(number))) {
          for (const value of values) {
            if (seen.has(name + "\n" + value)) continue;
            seen.add(name + "\n" + value);
            counts[name] = counts[name] || {};
            counts[name][value] = (counts[name][value] || 0) + 1;
          }
        }
      }
    }
    return counts;
  }

  function versionsOf(first) {
    const versions = [first];
    while (state.records.charCodeAt(versions[versions.length - 1] + 1) >= 0x61) {
      versions.push(versions[versions.length - 1] + 1);
    }
    return versions;
  }

  async function hit(first, numbers, best, scores, language, matched) {
    const versions = versionsOf(first);
    let shown = versions.find((number) => languageOf(number) === language);
    if (shown === undefined) shown = numbers.find((number) => points(scores.get(number)) === best);
    const block = await shard("d/" + Math.floor(shown / BLOCK_SIZE).toString(16));
    const [id, own, kind, path, title, passage, facets] = block[shown % BLOCK_SIZE];
    return {
      id, language: own, kind, path, title, facets,
      titleMarks: marksIn(title, matched),
      snippet: snippet(passage, matched),
      score: best / 1000000,
      isExact: best >= EXACT_SCORE * 1000000,
      languages: versions.map(languageOf),
    };
  }

  async function query(text, options) {
    if (!state) throw new Error("search: call load first");
    const { language, filters, limit = 10, counts = false } = options || {};
    const [scores, matched] = await score(readQuery(String(text)));
    const wanted = Object.entries(filters || {}).filter((pair) => pair[1] && pair[1].length);
    const facetsOf = wanted.length || counts ? await readFacets() : null;
    const passes = (number) =>
      wanted.every(([name, values]) => (facetsOf(number)[name] || []).some((v) => values.includes(v)));
    const records = new Map();
    for (const number of Array.from(scores.keys()).sort((a, b) => a - b)) {
      if (wanted.length && !passes(number)) continue;
      const first = firstOf(number);
      if (!records.has(first)) records.set(first, []);
      records.get(first).push(number);
    }
    const order = Array.from(records, ([first, numbers]) => [
      points(Math.max(...numbers.map((number) => scores.get(number)))), first, numbers,
    ]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
    const hits = await Promise.all(
      order.slice(0, Math.max(0, limit)).map(([best, first, numbers]) =>
        hit(first, numbers, best, scores, language, matched))
    );
    return {
      hits,
      total: order.length,
      counts: counts ? count(records, facetsOf) : {},
      words: Array.from(matched).sort(),
    };
  }

  global.kbSearch = {
    load,
    query,
    analysis: { tokens, spans, grams: (token) => Array.from(grams(token)), exactKey },
  };
})(window);
