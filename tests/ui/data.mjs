// What the UI computes of the API's answers, without a browser: JSON, commands, visits, differences, changes.
//
//   node data.mjs --orch build/dev/orch
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { World } from "./world.mjs";
import { changesOf } from "../../orchestrator/ui/web/data/changes.js";
import * as connections from "../../orchestrator/ui/web/data/connections.js";
import { diffLines } from "../../orchestrator/ui/web/data/diff.js";
import * as format from "../../orchestrator/ui/web/data/format.js";
import * as json from "../../orchestrator/ui/web/data/json_text.js";
import * as commands from "../../orchestrator/ui/web/data/run_commands.js";
import { columnsOf, heightsOf } from "../../orchestrator/ui/web/data/strip.js";
import { differingOf, driftsOf } from "../../orchestrator/ui/web/data/table_history.js";
import { visitsOf } from "../../orchestrator/ui/web/data/visits.js";

const orch = path.resolve(process.argv[process.argv.indexOf("--orch") + 1]);

// A difference holds both texts, and no line of it is told twice.
const texts = ["", "a", "a\nb\nc", "b\nc\na", "a\nx\nc", "x", "a\nb\nc\nd\ne", "a\nc\ne\nb"];
for (const before of texts) {
  for (const after of texts) {
    const lines = diffLines(before, after);
    assert.equal(lines.filter((line) => line.sign !== "+").map((line) => line.text).join("\n"), before);
    assert.equal(lines.filter((line) => line.sign !== "-").map((line) => line.text).join("\n"), after);
    if (before === after) assert.ok(lines.every((line) => line.sign === " "));
  }
}

for (const [made, text] of [[format.number(1234567), "1,234,567"], [format.number(null), "–"], [format.signed(-5), "−5"], [format.signed(0), "±0"], [format.plural(1, "table"), "1 table"],
  [format.duration(850), "850 ms"], [format.duration(4200), "4.2 s"], [format.duration(59_900), "59 s"], [format.duration(125_000), "2 min 5 s"], [format.duration(3_720_000), "1 h 2 min"],
  [format.duration(180 * 3_600_000), "7 d 12 h"], [format.bytes(999), "999 B"], [format.bytes(1_500_000), "1.5 MB"], [format.age(30_000), "just now"], [format.age(7_200_000), "2 h"]]) {
  assert.equal(made, text);
}

// JSON that is typed: what is wrong, and where; a number that a browser would round is wrong as well.
assert.deepEqual(json.placeOf("a\nbc", 3), { line: 2, column: 2 });
assert.deepEqual(json.read('{"a": [1, 2.5, "12345678901234567890"]}'), { value: { a: [1, 2.5, "12345678901234567890"] }, problem: "" });
for (const [text, problem] of [['{\n  "a" 1}', 'line 2, column 7: ":" is expected'], ['{"a":', "line 1, column 6: a value is expected"], ['{"right": tru}', "line 1, column 11: a value is expected"],
  ["[1 2]", 'line 1, column 4: "," or "]" is expected'], ["{a: 1}", "line 1, column 2: a name in double quotes is expected"], ["[01]", "line 1, column 2: a value is expected"],
  ['["\\x"]', "line 1, column 2: a string that ends, with valid escapes is expected"], ["{} {}", "line 1, column 4: the end is expected"], ["[1,]", "line 1, column 4: a value is expected"]]) assert.equal(json.read(text).problem, problem);
assert.match(json.read("").problem, /empty/);
assert.match(json.read('{"id": 12345678901234567890}').problem, /round 12345678901234567890/);
assert.equal(json.mayBeRounded({ a: [{ b: 2 ** 60 }] }), true);
assert.equal(json.mayBeRounded({ a: [1.5, "x", null] }), false);

// The commands that do the same, with words that a shell would take apart.
const ended = { run: "1a2b", name: "it's", word: "failed", input: { catalog: { tables: [] } }, states: [{ name: "Health", depth: 0, status: "succeeded" }, { name: "Each", depth: 0, status: "failed" }, { name: "In", depth: 1, status: "failed" }] };
assert.equal(commands.resumeCommand(ended, "Each", { a: 1 }), `orch resume 'it'\\''s' --from Each --input '{"a":1}'`);
assert.equal(commands.pauseCommand(ended, "2h", "index build"), `orch hold --run 'it'\\''s' --mode pause --until 2h --reason 'index build'`);
assert.deepEqual(commands.placesOf(ended), { names: ["Health", "Each"], failed: "Each" });
assert.equal(commands.hasCatalog(ended), true);
assert.equal(commands.hasCatalog({ input: { catalog: "catalog.json" } }), false);
assert.equal(commands.catalogProblem({ tables: [{ key: "a" }] }), "");
assert.match(commands.catalogProblem({ tables: [{ key: "a" }, {}] }), /^\/tables\/1/);
assert.equal(commands.untilOf("2h", 0), "1970-01-01T02:00:00.000Z");
assert.equal(commands.untilOf("", 0), undefined);

// A table's first failure, its recovery and a jump of its rows are changes; going on as before is none.
const grid = {
  runs: [1, 2, 3, 4, 5, 6].map((day) => ({ run: `r${day}`, name: `n${day}`, workflow: "w", started: `2026-01-0${day}T06:00:00.000Z`, word: "succeeded" })),
  rows: [{ key: "t", cells: [{ status: "succeeded", rows: 100 }, { status: "failed", error: "E" }, { status: "failed", error: "E" }, { status: "succeeded", rows: 101 }, null, { status: "succeeded", rows: 130 }] }],
};
assert.deepEqual(changesOf(grid, Date.parse("2026-01-02T00:00:00Z")).map((change) => [change.run, change.what]), [["r6", "grew"], ["r4", "recovered"], ["r2", "failed"]]);
assert.deepEqual(changesOf(grid, Date.parse("2026-01-01T00:00:00Z")).map((change) => change.what), ["grew", "recovered", "failed", "new"]);

// A drift lasts from the first run that found it to the next that succeeded; another one begins anew.
const loads = ["ok", "x", "x", "down", "x", "ok", "y", "z"].map((what, at) => ({ run: `r${at}`, status: what === "ok" ? "succeeded" : "failed", ...(what === "ok" ? {} : { error: what === "down" ? "Connection.Down" : "Schema.Drift", message: what }) }));
assert.deepEqual(driftsOf([...loads].reverse()).map((drift) => [drift.message, drift.first.run, drift.last.run, drift.runs, drift.until?.run ?? ""]), [["z", "r7", "r7", 1, ""], ["y", "r6", "r6", 1, ""], ["x", "r1", "r4", 3, "r5"]]);
assert.deepEqual(differingOf({ cause: '{"examples":[{"row":"id = 5","difference":"missing"},7]}' }), [{ row: "id = 5", difference: "missing" }]);
assert.deepEqual(differingOf({ cause: "no JSON" }), []);

// The columns of a strip hold each child once, and few failures among many are seen.
const fare = (/** @type {number} */ succeeded, /** @type {number} */ failed) => ({ total: succeeded + failed, running: 0, succeeded, failed, aborted: 0 });
const strip = { size: 500, children: 2400, buckets: [fare(500, 0), fare(499, 1), fare(500, 0), fare(100, 0), fare(0, 0)] };
assert.deepEqual(columnsOf(strip, 200).map((column) => [column.first, column.last]), [[0, 499], [500, 999], [1000, 1499], [1500, 1999], [2000, 2399]]);
assert.deepEqual(columnsOf(strip, 2).map((column) => [column.first, column.last, column.succeeded, column.failed]), [[0, 1499, 1499, 1], [1500, 2399, 100, 0]]);
for (const column of columnsOf(strip, 200)) {
  const heights = heightsOf(column);
  assert.ok(heights.failed === 0 || heights.failed >= 25);
  assert.ok(heights.failed + heights.succeeded + heights.running + heights.aborted <= 100.001);
}

// The days of a strip: an outage over midnight is one of both days, and what has not ended lasts until now.
const now = new Date(2026, 4, 20, 12).getTime();
const iso = (/** @type {number} */ day, /** @type {number} */ hour) => new Date(2026, 4, day, hour).toISOString();
const outages = [{ since: iso(20, 11), reason: "r" }, { since: iso(18, 23), until: iso(19, 1), reason: "r" }, { since: iso(1, 3), until: iso(1, 4), reason: "r" }];
const days = connections.daysOf(outages, now, 3);
assert.deepEqual(days.map((day) => [day.outages, day.down / 3_600_000]), [[1, 1], [1, 1], [1, 1]]);
assert.deepEqual(connections.daysOf([], now, 2).map((day) => day.outages), [0, 0]);
assert.equal(connections.within(outages, days).length, 2);
assert.equal(connections.healthText(days, connections.within(outages, days)), "2 outages in 3 days, down for 3 h 0 min");
const up = { connection: "a" };
const down = { connection: "b", down: { since: iso(20, 11), reason: "r" }, held: "drain" };
assert.equal(connections.summary([up]), "The connection is up");
assert.equal(connections.summary([up, up]), "All 2 connections are up");
assert.equal(connections.summary([up, down, { connection: "c", held: "pause" }]), "3 connections: 1 down, 1 held");

// The visits of a real run: each state as often as it was entered, in its iteration, with all attempts.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "orch-ui-data-"));
try {
  const world = new World(orch, folder);
  world.write("nested.json", JSON.stringify({ StartAt: "Outer", States: { Outer: { Type: "Map", ItemsPath: "$.items", Next: "After", ItemProcessor: { StartAt: "In", States: {
    In: { Type: "Parallel", End: true, Branches: [{ StartAt: "Left", States: { Left: { Type: "Pass", End: true } } }, { StartAt: "Right", States: { Right: { Type: "Pass", Result: 7, End: true } } }] } } } },
    After: { Type: "Pass", Result: { done: true }, End: true } } }));
  await world.run("submit", "nested.json", "--input", '{"items":[1,2,3]}', "--name", "nested");
  const { out } = await world.run("history", "nested", "-o", "jsonl");
  const { visits, edges } = visitsOf(out.trim().split("\n").map((line) => JSON.parse(line)));
  const of = (/** @type {string} */ name) => visits.filter((visit) => visit.state === name);
  assert.deepEqual(["Outer", "In", "Left", "Right", "After"].map((name) => of(name).length), [1, 3, 3, 3, 1]);
  assert.deepEqual(of("In").map((visit) => visit.item).sort(), ["#0", "#1", "#2"]);
  assert.deepEqual(["Outer", "In", "Left", "After"].map((name) => of(name)[0].depth), [0, 1, 2, 0]);
  assert.ok(visits.every((visit) => visit.status === "succeeded" && visit.to !== null));
  assert.equal(of("After")[0].output, '{"done":true}');
  assert.ok(edges.has("Outer\nAfter"));
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
console.log("ok");
