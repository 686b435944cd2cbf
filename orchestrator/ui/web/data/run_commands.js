// What can be done with a run, and how the command line says it.
import { quoted } from "./shell.js";

/** @param {any} run */
export const nameOf = (run) => run.name || run.run;
/** @param {any} run */
export const wordOf = (run) => run.word ?? run.status;
/** @param {any} run */
export const isOver = (run) => ["succeeded", "failed", "timed_out", "stopped"].includes(wordOf(run));
/** @param {any} run its tables can be chosen one by one */
export const namesCatalog = (run) => run.input !== null && typeof run.input === "object" && "catalog" in run.input;

/** How long a run may be paused. */
export const lengths = [
  { value: "", name: "until it is released", hours: 0 },
  { value: "30m", name: "for 30 minutes", hours: 0.5 },
  { value: "2h", name: "for 2 hours", hours: 2 },
  { value: "8h", name: "for 8 hours", hours: 8 },
  { value: "24h", name: "for 24 hours", hours: 24 },
];

/** @param {string} value of `lengths` @param {number} now */
export function untilOf(value, now) {
  const hours = lengths.find((each) => each.value === value)?.hours ?? 0;
  return hours > 0 ? new Date(now + hours * 3_600_000).toISOString() : undefined;
}

/** @param {any} run @param {string} until @param {string} reason */
export const pauseCommand = (run, until, reason) => `orch hold --run ${quoted(nameOf(run))} --mode pause${until ? ` --until ${until}` : ""}${reason ? ` --reason ${quoted(reason)}` : ""}`;

/** @param {any} run @param {string} from @param {any} input undefined: the recorded one */
export const resumeCommand = (run, from, input) => `orch resume ${quoted(nameOf(run))}${from ? ` --from ${quoted(from)}` : ""}${input === undefined ? "" : ` --input ${quoted(JSON.stringify(input))}`}`;

/**
 * The states that a resume can begin at, and the one that it would begin at by itself.
 * @param {any} run
 */
export function placesOf(run) {
  const own = (run.states ?? []).filter((/** @type {any} */ line) => line.depth === 0);
  const open = own.filter((/** @type {any} */ line) => line.status !== "succeeded" && line.status !== "caught");
  return { names: own.map((/** @type {any} */ line) => line.name), failed: (open[open.length - 1] ?? own[own.length - 1])?.name ?? "" };
}

/** @param {any} catalog @returns {string} what is wrong with it, as far as the page can tell */
export function catalogProblem(catalog) {
  if (catalog === null || typeof catalog !== "object" || Array.isArray(catalog)) return "a catalog is an object with tables";
  if (!Array.isArray(catalog.tables)) return '"tables" is missing: the array of the entries';
  const nameless = catalog.tables.findIndex((/** @type {any} */ entry) => !entry || typeof entry.key !== "string");
  return nameless < 0 ? "" : `/tables/${nameless}: "key" is missing`;
}

/** Whether a run has its catalog in its input, as a document. @param {any} run */
export const hasCatalog = (run) => namesCatalog(run) && run.input.catalog !== null && typeof run.input.catalog === "object" && Array.isArray(run.input.catalog.tables);
