// The children of a map by their index, as columns of a strip.

/** @typedef {{first: number, last: number, total: number, running: number, succeeded: number, failed: number, aborted: number}} Column */

/**
 * The buckets of the API, several as one where there is room for `most` columns alone.
 * @param {{size: number, children: number, buckets: any[]}} strip
 * @param {number} most
 * @returns {Column[]}
 */
export function columnsOf(strip, most) {
  const each = Math.max(1, Math.ceil(strip.buckets.length / most));
  /** @type {Column[]} */
  const columns = [];
  strip.buckets.forEach((bucket, at) => {
    if (at % each === 0) columns.push({ first: at * strip.size, last: 0, total: 0, running: 0, succeeded: 0, failed: 0, aborted: 0 });
    const column = columns[columns.length - 1];
    column.last = Math.min(strip.children, (at + 1) * strip.size) - 1;
    for (const name of /** @type {const} */ (["total", "running", "succeeded", "failed", "aborted"])) column[name] += bucket[name];
  });
  return columns;
}

const least = 25;

/**
 * Heights in percent: what failed hangs from the top, what succeeded is at the bottom, what runs lies on
 * that. Few failures among many are still seen.
 * @param {Column} column
 */
export function heightsOf(column) {
  const size = column.last - column.first + 1;
  const failed = column.failed ? Math.max(least, (100 * column.failed) / size) : 0;
  const rest = Math.min(1, (100 - failed) / Math.max(1, (100 * (size - column.failed)) / size));
  const share = (/** @type {number} */ count) => ((100 * count) / size) * rest;
  return { failed, succeeded: share(column.succeeded), running: share(column.running), aborted: share(column.aborted) };
}
