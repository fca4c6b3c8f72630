/* Runs the browser's search.js in Node: node run_search_js.js SEARCH_JS, a task as JSON on stdin.
 * {"analyse": [{text, singles}]} or {"site": folder, "queries": [{text, language, filters, limit}]}. */
"use strict";
const fs = require("fs");
const path = require("path");
const vm = require("vm");

const task = JSON.parse(fs.readFileSync(0, "utf-8"));
global.window = globalThis;
let read = 0;
global.document = {
  createElement: () => ({ remove() {} }),
  head: {
    appendChild(script) {
      setImmediate(() => {
        let text;
        try {
          text = fs.readFileSync(path.normalize(script.src), "utf-8");
        } catch (error) {
          script.onerror();
          return;
        }
        read += Buffer.byteLength(text);
        vm.runInThisContext(text);
      });
    },
  },
};
vm.runInThisContext(fs.readFileSync(process.argv[2], "utf-8"));

async function main() {
  if (task.analyse) {
    return task.analyse.map(({ text, singles }) => ({
      words: kbSearch.analysis.tokens(text, singles)[0],
      variants: kbSearch.analysis.tokens(text, singles)[1],
      key: kbSearch.analysis.exactKey(text),
      spans: kbSearch.analysis.spans(text),
    }));
  }
  await kbSearch.load(task.site + "/");
  const answers = [];
  for (const query of task.queries) {
    const before = read;
    const answer = await kbSearch.query(query.text, Object.assign({ counts: !task.lean }, query));
    if (task.lean) answers.push(answer.hits.map((hit) => hit.id));
    else answers.push(Object.assign(answer, { bytes: read - before }));
  }
  return answers;
}

main().then(
  (answer) => process.stdout.write(JSON.stringify(answer)),
  (error) => {
    process.stderr.write(String(error.stack || error) + "\n");
    process.exit(1);
  }
);
