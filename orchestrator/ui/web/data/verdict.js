// Is a table right, and how old is it? The API says it in words; here is how it looks and where it stands
// in the list.
import { age, number, signed } from "./format.js";

/** @type {Record<string, {status: string, rank: number}>} */
const verdicts = {
  never: { status: "failed", rank: 0 },
  old: { status: "stale", rank: 1 },
  late: { status: "late", rank: 1 },
  loading: { status: "running", rank: 2 },
  current: { status: "succeeded", rank: 3 },
};

/**
 * How a table of /v1/tables looks; the smaller its rank, the more it needs somebody.
 * @param {any} table
 */
export const verdict = (table) => verdicts[table.verdict] ?? { status: "none", rank: 2 };

/**
 * What the page says first.
 * @param {any[]} tables
 */
export function summary(tables) {
  const ranks = tables.map((table) => verdict(table).rank);
  const right = ranks.filter((rank) => rank === 3).length;
  const loading = ranks.filter((rank) => rank === 2).length;
  if (right === tables.length) return right === 1 ? "The table is right" : `All ${number(right)} tables are right`;
  return `${number(right)} of ${number(tables.length)} tables are right${loading > 0 ? `, ${number(loading)} loading` : ""}`;
}

/** @param {any} table */
export const asOf = (table) => table.load?.as_of ?? table.load?.published;

/** @param {any} table @param {number} now */
export const ageOf = (table, now) => (table.load ? age(now - Date.parse(asOf(table))) : "–");

/** @param {any} table */
export const deltaOf = (table) => (table.delta === undefined || table.delta === null ? "" : signed(table.delta));
