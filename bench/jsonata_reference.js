// The reference implementation on the workloads of jsonata_bench, for comparison: reads
// [{"name", "expression", "input"}] and seconds per workload, writes {name: microseconds}.
//   node jsonata_reference.js WORKLOADS SECONDS     (NODE_PATH leads to the package jsonata)
'use strict';
const fs = require('fs');
const jsonata = require('jsonata');

async function microseconds(expression, input, seconds) {
  const parsed = jsonata(expression);
  await parsed.evaluate(input);
  const end = performance.now() + seconds * 1000;
  let best = Infinity;
  let rounds = 1;
  while (performance.now() < end) {
    const start = performance.now();
    for (let i = 0; i < rounds; ++i) await parsed.evaluate(input);
    const took = performance.now() - start;
    best = Math.min(best, took * 1000 / rounds);
    if (took < 2) rounds *= 2;
  }
  return best;
}

(async () => {
  const [file, seconds] = process.argv.slice(2);
  const figures = {};
  for (const { name, expression, input } of JSON.parse(fs.readFileSync(file, 'utf8')))
    figures[name] = await microseconds(expression, input, Number(seconds));
  console.log(JSON.stringify({ node: process.version, figures }));
})();
