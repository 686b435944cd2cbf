// What the UI computes of the API's answers, without a browser: layout, visits, differences, changes.
//
//   node data.mjs --orch build/dev/orch
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { World } from "./world.mjs";
import { changesOf } from "../../orchestrator/ui/web/data/changes.js";
import { diffLines } from "../../orchestrator/ui/web/data/diff.js";
import * as format from "../../orchestrator/ui/web/data/format.js";
import { exits, layout } from "../../orchestrator/ui/web/data/layout.js";
import { visitsOf } from "../../orchestrator/ui/web/data/visits.js";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const orch = path.resolve(process.argv[process.argv.indexOf("--orch") + 1]);

// Every shipped workflow: each state once, none over another, and all ways but those back lead down.
function checkLayout(/** @type {any} */ machine, /** @type {any} */ picture, /** @type {string} */ where) {
  assert.deepEqual(picture.nodes.map((/** @type {any} */ node) => node.name).sort(), Object.keys(machine.States).sort(), where);
  for (const a of picture.nodes) {
    assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= picture.width && a.y + a.height <= picture.height, `${where}: ${a.name} lies outside`);
    for (const b of picture.nodes) {
      const apart = a === b || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      assert.ok(apart, `${where}: ${a.name} lies over ${b.name}`);
    }
    const state = machine.States[a.name];
    const inside = [state.ItemProcessor, state.Iterator, ...(state.Branches ?? [])].filter(Boolean);
    assert.equal(a.inner.length, inside.length);
    inside.forEach((each, index) => checkLayout(each, a.inner[index], `${where}/${a.name}`));
  }
  const ways = Object.values(machine.States).flatMap((state) => exits(state)).length;
  assert.equal(picture.edges.length, ways, where);
}
for (const name of fs.readdirSync(path.join(root, "workflows")).filter((each) => each.endsWith(".json"))) {
  const machine = JSON.parse(fs.readFileSync(path.join(root, "workflows", name), "utf8"));
  checkLayout(machine, layout(machine), name);
}
const loop = { StartAt: "A", States: { A: { Type: "Pass", Next: "B" }, B: { Type: "Choice", Choices: [{ Next: "A" }], Default: "B2" }, B2: { Type: "Pass", Next: "B2" } } };
checkLayout(loop, layout(loop), "a loop");

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

// A table's first failure, its recovery and a jump of its rows are changes; going on as before is none.
const grid = {
  runs: [1, 2, 3, 4, 5, 6].map((day) => ({ run: `r${day}`, name: `n${day}`, workflow: "w", started: `2026-01-0${day}T06:00:00.000Z`, word: "succeeded" })),
  rows: [{ key: "t", cells: [{ status: "succeeded", rows: 100 }, { status: "failed", error: "E" }, { status: "failed", error: "E" }, { status: "succeeded", rows: 101 }, null, { status: "succeeded", rows: 130 }] }],
};
assert.deepEqual(changesOf(grid, Date.parse("2026-01-02T00:00:00Z")).map((change) => [change.run, change.what]), [["r6", "grew"], ["r4", "recovered"], ["r2", "failed"]]);
assert.deepEqual(changesOf(grid, Date.parse("2026-01-01T00:00:00Z")).map((change) => change.what), ["grew", "recovered", "failed", "new"]);

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
