// What has changed since a moment: only the first failure, the recovery, the first load, and rows that
// came or went in numbers; not what went on as before.
import { number, plural } from "./format.js";
import { look } from "./status.js";

/**
 * @typedef {{at: string, status: string, what: string, key?: string, more?: number, run: string, name: string, text: string}} Change
 */

const jump = 0.2;

/** @param {any} cell */
const isBad = (cell) => look(cell.status).tone === "bad";

/** @param {any} before @param {any} cell @returns {{status: string, what: string, text: string} | null} */
function compare(before, cell) {
  if (isBad(cell)) return before && isBad(before) ? null : { status: "failed", what: "failed", text: cell.error ?? "failed" };
  if (cell.status !== "succeeded") return null;
  if (before && isBad(before)) return { status: "succeeded", what: "recovered", text: cell.rows === undefined ? "loaded again" : `loaded again: ${plural(cell.rows, "row")}` };
  if (!before) return { status: "succeeded", what: "new", text: cell.rows === undefined ? "loaded for the first time" : `loaded for the first time: ${plural(cell.rows, "row")}` };
  if (cell.rows === undefined || !before.rows) return null;
  const share = cell.rows / before.rows - 1;
  if (Math.abs(share) < jump) return null;
  return { status: "stale", what: share > 0 ? "grew" : "shrank", text: `${number(before.rows)} → ${plural(cell.rows, "row")} (${share > 0 ? "+" : "−"}${Math.round(100 * Math.abs(share))} %)` };
}

/**
 * @param {any} grid of /v1/grid
 * @param {number} since
 * @returns {Change[]} the newest first
 */
function ofTables(grid, since) {
  /** @type {Change[]} */
  const out = [];
  for (const row of grid.rows) {
    let before = null;
    for (const [index, run] of grid.runs.entries()) {
      const cell = row.cells[index];
      if (!cell) continue;
      const found = Date.parse(run.started) >= since ? compare(before, cell) : null;
      if (found) out.push({ at: run.started, key: row.key, run: run.run, name: run.name || run.run, ...found });
      if (isBad(cell) || cell.status === "succeeded") before = cell;
    }
  }
  return out;
}

/**
 * Runs that do no tables, by their workflow.
 * @param {any} grid
 * @param {number} since
 * @returns {Change[]}
 */
function ofRuns(grid, since) {
  /** @type {Change[]} */
  const out = [];
  /** @type {Map<string, boolean>} */
  const failing = new Map();
  for (const [index, run] of grid.runs.entries()) {
    const tone = look(run.word).tone;
    const hasTables = grid.rows.some((/** @type {any} */ row) => row.cells[index]);
    if (hasTables || (tone !== "bad" && tone !== "ok")) continue;
    const before = failing.get(run.workflow);
    failing.set(run.workflow, tone === "bad");
    if (Date.parse(run.started) < since || before === (tone === "bad") || (before === undefined && tone === "ok")) continue;
    out.push({ at: run.started, status: tone === "bad" ? "failed" : "succeeded", what: tone === "bad" ? "failed" : "recovered", run: run.run, name: run.name || run.run, text: `the workflow ${run.workflow} ${tone === "bad" ? "failed" : "succeeds again"}` });
  }
  return out;
}

const many = 3;

/**
 * The same news of many tables of a run is one change.
 * @param {Change[]} changes
 */
function together(changes) {
  /** @type {Map<string, Change[]>} */
  const alike = new Map();
  for (const change of changes) {
    const kind = `${change.run} ${change.what}`;
    alike.set(kind, [...(alike.get(kind) ?? []), change]);
  }
  return [...alike.values()].flatMap((all) => (all.length <= many || all[0].what === "failed" ? all
    : [{ ...all[0], more: all.length - 1, text: all[0].text.replace(/:.*| →.*/, "") }]));
}

/** @param {any} grid @param {number} since */
export const changesOf = (grid, since) => together([...ofTables(grid, since), ...ofRuns(grid, since)]).sort((a, b) => b.at.localeCompare(a.at));
