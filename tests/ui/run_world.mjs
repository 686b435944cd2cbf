// Runs that the tests of run_pages.mjs look at.
import fs from "node:fs";
import path from "node:path";

const children = 600;
/** Indexes of the children that fail. */
export const bad = [7, 8, 311, 590];

/** @param {any} states @param {string} [start] */
const machine = (states, start = Object.keys(states)[0]) => JSON.stringify({ StartAt: start, States: states });

/** Runs that these tests look at. @param {import("./world.mjs").World} world */
export async function prepareRuns(world) {
  // Programs of the runs below take turns.
  world.env.ORCH_LIMIT = "tag:orch:process=1";
  const each = { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" }, StartAt: "Check", States: {
    Check: { Type: "Choice", Choices: bad.map((index) => ({ Variable: "$", NumericEquals: index, Next: "Bad" })), Default: "Good" },
    Good: { Type: "Pass", End: true }, Bad: { Type: "Fail", Error: "Item.Bad", Cause: "it is not an item" } } };
  world.write("many_children.json", machine({ Children: { Type: "Map", End: true, ItemsPath: "$.items", ToleratedFailurePercentage: 100, Label: "Children", ItemProcessor: each } }));
  world.write("many_items.json", JSON.stringify({ items: Array.from({ length: children }, (_, index) => index) }));
  await world.run("submit", "many_children.json", "--input", "@many_items.json", "--name", "six-hundred");
  world.write("stubborn.json", machine({ Try: { Type: "Task", Resource: "orch:process", Parameters: { argv: ["false"] }, Retry: [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 }], End: true } }));
  await world.run("submit", "stubborn.json", "--input", "{}", "--name", "stubborn");
  world.write("long.json", machine({ First: { Type: "Pass", Result: { begun: true }, Next: "Work" }, Work: { Type: "Task", Resource: "orch:process", Parameters: { argv: ["sleep", "600"] }, End: true } }));
  world.write("corrected.json", machine({ Prepare: { Type: "Pass", Next: "Work" }, Work: { Type: "Choice", Choices: [{ Variable: "$.right", BooleanEquals: true, Next: "Done" }], Default: "Wrong" },
    Wrong: { Type: "Fail", Error: "Not.Right", Cause: "the input is not right" }, Done: { Type: "Succeed" } }));
  await world.run("submit", "corrected.json", "--input", '{"right":false}', "--name", "corrected");
  const catalog = { version: 1, tables: [{ key: "strict", source: { connection: "ledger", table: "treaties" }, target: { connection: "warehouse", table: "strict" }, checks: [{ min_rows: 1_000_000 }] }] };
  await world.run("submit", "replicate", "--input", JSON.stringify({ catalog }), "--name", "inline");
  await drift(world);
}

/** A table whose source loses a column after its first load. @param {import("./world.mjs").World} world */
async function drift(world) {
  const catalog = JSON.stringify({ catalog: { version: 1, id: "drifting", tables: [{ key: "drifting", source: { connection: "ledger", table: "drifting" }, target: { connection: "warehouse", table: "drifting" } }] } });
  const columns = ["id,name,amount\n1,one,1.5\n2,two,2.5\n", "id,name\n1,one\n", "id,name\n1,one\n"];
  for (const [at, text] of columns.entries()) {
    world.write("drop/drifting.csv", text);
    await world.run("submit", "replicate", "--input", catalog, "--name", `drifting-${at}`);
  }
  fs.rmSync(path.join(world.folder, "drop/drifting.csv"));
}
