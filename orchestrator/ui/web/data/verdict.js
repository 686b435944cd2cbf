// What to say of a table: is it right, and how old is it? In words, for people who know no run.
import { age, moment, number, rowsOf, signed } from "./format.js";

/**
 * @typedef {{status: string, tone: "ok" | "warn" | "bad" | "run", words: string, rank: number, delta: number | null}} Verdict
 */

/** @param {any} table of /v1/tables */
function reason(table) {
  const failure = table.failure;
  if (!failure) return "the load did not end";
  const text = (failure.message || failure.cause || failure.error || "").split("\n")[0];
  return text.startsWith(`${table.key}: `) ? text.slice(table.key.length + 2) : text;
}

/**
 * @param {any} table of /v1/tables
 * @returns {Verdict}
 */
export function verdict(table) {
  const load = table.load;
  const delta = load && table.load_before ? load.rows - table.load_before.rows : null;
  const status = (table.status ?? "").toLowerCase();
  const working = status === "running" || status === "retrying" || status === "waiting";
  if (!load) {
    if (working) return { status: "running", tone: "run", words: "the first load is under way", rank: 2, delta };
    return { status: "failed", tone: "bad", words: `no rows yet: ${reason(table)}`, rank: 0, delta };
  }
  const held = rowsOf(load.as_of ?? load.published);
  if (working) return { status: "running", tone: "run", words: `${held}; a load is under way`, rank: 2, delta };
  if (status !== "succeeded") {
    return { status: "stale", tone: "warn", words: `${held}: the load was refused because ${reason(table)}`, rank: 1, delta };
  }
  if (table.late) return { status: "late", tone: "warn", words: `${held}; newer ones were promised`, rank: 1, delta };
  return { status: "succeeded", tone: "ok", words: `${held}, verified`, rank: 3, delta };
}

/**
 * One line for the whole: what the page says first.
 * @param {Verdict[]} verdicts
 */
export function summary(verdicts) {
  const bad = verdicts.filter((each) => each.rank <= 1).length;
  const running = verdicts.filter((each) => each.rank === 2).length;
  const all = verdicts.length;
  if (bad === 0 && running === 0) return all === 1 ? "The table is right" : `All ${number(all)} tables are right`;
  const right = all - bad - running;
  const parts = [`${number(right)} of ${number(all)} tables are right`];
  if (running > 0) parts.push(`${number(running)} loading`);
  return parts.join(", ");
}

/** @param {any} table @param {number} now */
export const ageOf = (table, now) => {
  const at = table.load ? (table.load.as_of ?? table.load.published) : null;
  return at ? age(now - Date.parse(at)) : "–";
};

/** @param {number | null} delta */
export const deltaText = (delta) => (delta === null ? "" : signed(delta));

export { moment };
