// A run's events as visits: each time a state was entered, with its attempts, input and output.

/**
 * @typedef {{from: number, started: number | null, to: number | null, tone: "ok" | "bad" | "run" | "idle", what: string, error: string}} Attempt
 *   from: when it was scheduled; started: when a worker took it
 * @typedef {{id: number, state: string, type: string, item: string, depth: number, from: number, to: number | null,
 *   status: string, attempts: Attempt[], input: string | undefined, output: string | undefined, error: string, cause: string,
 *   before: string, owner: Visit | null}} Visit
 * @typedef {{visit: Visit | null, owner: Visit | null, item: string, left: string}} Frame
 */

/**
 * The object of an event that holds its details.
 * @param {any} event
 */
export function detailsOf(event) {
  const name = Object.keys(event).find((key) => key.endsWith("EventDetails"));
  return name ? event[name] : {};
}

/** @param {string | undefined} text */
export function parsed(text) {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param {any} event what its parameters call the table */
function keyOf(event) {
  const parameters = parsed(detailsOf(event).parameters ?? detailsOf(event).input);
  const key = parameters?.table?.key ?? parameters?.key;
  return typeof key === "string" ? key : "";
}

const ends = { Succeeded: "ok", Failed: "bad", TimedOut: "bad", Aborted: "idle" };

/**
 * @param {any[]} events in their order
 * @returns {{visits: Visit[], edges: Set<string>}} edges: "FROM\nTO" of those taken
 */
export function visitsOf(events) {
  /** @type {Visit[]} */
  const visits = [];
  /** @type {Map<number, Frame>} */
  const at = new Map();
  const edges = new Set();
  for (const event of events) {
    const before = at.get(event.previousEventId) ?? { visit: null, owner: null, item: "", left: "" };
    const time = Date.parse(event.timestamp);
    const here = { ...before, left: "" };
    const details = detailsOf(event);
    if (event.type.endsWith("StateEntered")) {
      const visit = /** @type {Visit} */ ({
        id: event.id, state: details.name, type: event.type.replace("StateEntered", ""), item: before.item, depth: before.owner ? before.owner.depth + 1 : 0, from: time, to: null,
        status: "running", attempts: [], input: details.input, output: undefined, error: "", cause: "", before: before.left, owner: before.owner,
      });
      if (before.left) edges.add(`${before.left}\n${details.name}`);
      visits.push(visit);
      here.visit = visit;
    } else if (event.type.endsWith("StateExited")) {
      rise(here, details.name);
      if (here.visit) {
        here.visit.to = time;
        here.visit.output = details.output;
        here.visit.status = here.visit.error ? "caught" : "succeeded";
        here.left = here.visit.state;
      }
    } else if (event.type === "MapIterationStarted") {
      rise(here, details.name);
      here.owner = here.visit;
      here.item = `${here.visit?.item ? `${here.visit.item} ` : ""}#${details.index ?? 0}`;
    } else if (event.type === "ParallelStateStarted") {
      here.owner = here.visit;
    } else if (/^(Map|Parallel)State(Succeeded|Failed|Aborted)$/.test(event.type)) {
      rise(here, null);
      if (here.visit && event.type.endsWith("Failed")) fail(here.visit, details);
    } else if (here.visit) {
      note(here.visit, event, time, details);
    }
    at.set(event.id, here);
  }
  return { visits, edges };
}

/**
 * To the visit of the Map or Parallel state around, by its name or the nearest: a state that ends, and an
 * iteration that begins, follows an event inside of it.
 * @param {Frame} frame
 * @param {string | null} name
 */
function rise(frame, name) {
  let visit = frame.visit;
  const around = (/** @type {Visit} */ each) => (name === null ? each.type === "Map" || each.type === "Parallel" : each.state === name);
  while (visit && !around(visit)) visit = visit.owner;
  if (!visit && name === null) return;
  if (!visit) visit = frame.visit;
  if (!visit || visit === frame.visit) return;
  frame.visit = visit;
  frame.owner = visit.owner;
  frame.item = visit.item;
}

/** @param {Visit} visit @param {any} details */
function fail(visit, details) {
  visit.error = details.error ?? "";
  visit.cause = details.cause ?? "";
  visit.status = "failed";
}

/** @param {Visit} visit @param {any} event @param {number} time @param {any} details */
function note(visit, event, time, details) {
  if (/(Task|Activity|LambdaFunction)Scheduled$/.test(event.type)) {
    visit.attempts.push({ from: time, started: null, to: null, tone: "run", what: details.resource ?? "", error: "" });
    const key = keyOf(event);
    if (key) visit.item = key;
    return;
  }
  if (/(Task|Activity|LambdaFunction)Started$/.test(event.type)) {
    const taken = visit.attempts[visit.attempts.length - 1];
    if (taken && taken.started === null) taken.started = time;
    return;
  }
  const end = Object.entries(ends).find(([word]) => event.type.endsWith(word));
  if (!end) return;
  const last = visit.attempts[visit.attempts.length - 1];
  if (last && last.to === null) {
    last.to = time;
    last.tone = /** @type {Attempt["tone"]} */ (end[1]);
    if (end[1] === "bad") last.error = details.error ?? "";
  }
  if (end[1] === "bad") {
    fail(visit, details);
  } else if (end[1] === "ok" && visit.status === "failed") {
    visit.error = "";
    visit.status = "running";
  }
}
