// What the runs of a table tell besides rows: when its source had other columns, which rows differed.

/** @typedef {{message: string, first: any, last: any, runs: number, until: any | null}} Drift until: the run that succeeded after it */

/**
 * Times in which the columns of the source were not those of the last load, the newest first.
 * @param {any[]} runs of a table, the newest first
 * @returns {Drift[]}
 */
export function driftsOf(runs) {
  /** @type {Drift[]} */
  const found = [];
  /** @type {Drift | null} */
  let open = null;
  for (const run of [...runs].reverse()) {
    if (run.error === "Schema.Drift") {
      if (open && open.message !== run.message) open = null;
      if (!open) found.push(open = { message: run.message ?? "", first: run, last: run, runs: 0, until: null });
      open.last = run;
      open.runs += 1;
    } else if (run.status === "succeeded") {
      for (const drift of found) drift.until ??= run;
      open = null;
    }
  }
  return found.reverse();
}

/**
 * The rows that a comparison found to differ, as its cause names them.
 * @param {any} failure of a table in a run
 * @returns {{row: string, difference: string}[]}
 */
export function differingOf(failure) {
  try {
    const cause = JSON.parse(failure?.cause ?? "");
    return Array.isArray(cause.examples) ? cause.examples.filter((/** @type {any} */ each) => each && typeof each.row === "string") : [];
  } catch {
    return [];
  }
}
