// The words for how something stands, and how each looks: a tone of colour and a shape.

/** @typedef {"ok" | "warn" | "bad" | "run" | "idle"} Tone */

/** @type {Record<string, {tone: Tone, shape: string, word: string}>} */
const known = {
  succeeded: { tone: "ok", shape: "check", word: "succeeded" },
  up: { tone: "ok", shape: "check", word: "up" },
  caught: { tone: "warn", shape: "triangle", word: "caught" },
  retrying: { tone: "warn", shape: "triangle", word: "retrying" },
  degraded: { tone: "warn", shape: "triangle", word: "degraded" },
  late: { tone: "warn", shape: "triangle", word: "late" },
  stale: { tone: "warn", shape: "triangle", word: "older rows" },
  interrupted: { tone: "warn", shape: "triangle", word: "interrupted" },
  set_aside: { tone: "warn", shape: "triangle", word: "set aside" },
  failed: { tone: "bad", shape: "cross", word: "failed" },
  timed_out: { tone: "bad", shape: "cross", word: "timed out" },
  damaged: { tone: "bad", shape: "cross", word: "damaged" },
  down: { tone: "bad", shape: "cross", word: "down" },
  running: { tone: "run", shape: "half", word: "running" },
  waiting: { tone: "idle", shape: "ring", word: "waiting" },
  paused: { tone: "idle", shape: "bars", word: "paused" },
  held: { tone: "warn", shape: "bars", word: "held" },
  stopped: { tone: "idle", shape: "square", word: "stopped" },
  aborted: { tone: "idle", shape: "square", word: "stopped" },
  skipped: { tone: "idle", shape: "dash", word: "skipped" },
  none: { tone: "idle", shape: "ring", word: "not run" },
};

/** @param {string | null | undefined} status in any spelling of the API */
export function look(status) {
  const word = (status ?? "none").toLowerCase();
  return known[word] ?? { tone: /** @type {Tone} */ ("idle"), shape: "ring", word: word.replaceAll("_", " ") };
}
