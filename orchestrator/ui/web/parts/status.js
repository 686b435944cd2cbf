// A status is a colour, a shape and a word: each of them is enough.
import { html, classes } from "../html.js";

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

/** @type {Record<string, any>} */
const shapes = {
  check: html`<circle cx="8" cy="8" r="7.5" fill="currentColor" /><path d="M4.6 8.3l2.3 2.3 4.5-5" fill="none" stroke="var(--surface)" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" />`,
  cross: html`<path d="M8 .3L15.7 8 8 15.7.3 8z" fill="currentColor" /><path d="M5.8 5.8l4.4 4.4m0-4.4l-4.4 4.4" stroke="var(--surface)" stroke-width="1.8" stroke-linecap="round" />`,
  triangle: html`<path d="M8 .8L15.8 14.6H.2z" fill="currentColor" /><path d="M8 5.6v4.2M8 12v.4" stroke="var(--surface)" stroke-width="1.8" stroke-linecap="round" />`,
  half: html`<circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.8" /><path d="M8 1.4a6.6 6.6 0 010 13.2z" fill="currentColor" />`,
  ring: html`<circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="1.8" />`,
  square: html`<rect x="2" y="2" width="12" height="12" rx="1.5" fill="currentColor" />`,
  bars: html`<rect x="2.5" y="2" width="4" height="12" rx="1" fill="currentColor" /><rect x="9.5" y="2" width="4" height="12" rx="1" fill="currentColor" />`,
  dash: html`<path d="M3 8h10" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />`,
};

/** @param {{status?: string | null, label?: boolean}} props */
export function Shape({ status }) {
  const { tone, shape } = look(status);
  return html`<svg class=${classes("shape", `tone-${tone}`)} viewBox="0 0 16 16" aria-hidden="true">${shapes[shape]}</svg>`;
}

/** @param {{status?: string | null, text?: string}} props */
export function Status({ status, text }) {
  const { tone, shape, word } = look(status);
  return html`<span class=${classes("status", `tone-${tone}`)}>
    <svg viewBox="0 0 16 16" aria-hidden="true">${shapes[shape]}</svg>${text ?? word}
  </span>`;
}
