// The stream of committed events: who listens is told what has changed. After a cut it goes on at its
// cursor; where the server no longer has that, everything is read anew. A page has one stream, of all runs
// or of the run it shows, and none while nobody looks at it: browsers allow a server six connections.
import { useEffect, useState } from "preact/hooks";

/** @typedef {{type: string, data: any}} News "again" and "missed": read anew */

const patience = [500, 1000, 2000, 5000];
const kinds = ["open", "run", "history", "progress", "missed"];
const unseen = 10_000;
/** @type {Set<(news: News) => void>} */
const listeners = new Set();
/** @type {Set<(connected: boolean) => void>} */
const watchers = new Set();
/** @type {EventSource | null} */
let source = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let run = "";
let cursor = "";
let failures = 0;
let begun = false;
let connected = true;

/** @param {boolean} now */
function setConnected(now) {
  if (now === connected) return;
  connected = now;
  for (const watcher of watchers) watcher(now);
}

/** @param {News} news */
function spread(news) {
  for (const listener of [...listeners]) listener(news);
}

/** @param {MessageEvent} message */
function hear(message) {
  if (message.lastEventId) cursor = message.lastEventId;
  if (message.data === undefined) return;  // the browser's own "open"
  let data = null;
  try {
    data = JSON.parse(message.data);
  } catch {
    return;
  }
  if (message.type === "missed" || message.type === "open") cursor = String(data.cursor ?? cursor);
  if (message.type !== "open") spread({ type: message.type, data });
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

function open() {
  close();
  const wanted = new URLSearchParams();
  if (run) wanted.set("run", run);
  if (cursor) wanted.set("cursor", cursor);
  source = new EventSource(`/v1/events${wanted.size > 0 ? `?${wanted}` : ""}`);
  for (const kind of kinds) source.addEventListener(kind, /** @type {EventListener} */ (hear));
  source.onopen = () => {
    if (failures > 0) spread({ type: "again", data: null });
    failures = 0;
    setConnected(true);
  };
  source.onerror = () => {
    close();
    failures += 1;
    if (failures > 1) setConnected(false);
    timer = setTimeout(open, patience[Math.min(failures, patience.length) - 1]);
  };
}

function begin() {
  begun = true;
  open();
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(close, unseen);
    } else if (!source) {
      spread({ type: "again", data: null });
      open();
    }
  });
}

/**
 * Calls back at each piece of news.
 * @param {(news: News) => void} listener
 */
export function listen(listener) {
  if (!begun) begin();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * The stream is of this run, with its events and progress; empty: of all runs.
 * @param {string} id
 */
export function follow(id) {
  if (run === id) return;
  run = id;
  cursor = "";
  if (begun) open();
}

/** Whether the stream stands. */
export function useConnected() {
  const [now, set] = useState(connected);
  useEffect(() => {
    watchers.add(set);
    set(connected);
    return () => { watchers.delete(set); };
  }, []);
  return now;
}
