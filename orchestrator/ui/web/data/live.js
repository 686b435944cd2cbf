// The stream of committed events: who listens is told what has changed; after a cut it goes on at its
// cursor, and where the server has lost that, everything is read anew.
import { useEffect, useState } from "preact/hooks";

/** @typedef {{type: string, data: any}} News */

const patience = [500, 1000, 2000, 5000];
/** @type {Set<(news: News) => void>} */
const listeners = new Set();
/** @type {Set<(connected: boolean) => void>} */
const watchers = new Set();
/** @type {EventSource | null} */
let source = null;
let cursor = "";
let failures = 0;
let connected = true;

/** @param {boolean} now */
function setConnected(now) {
  if (now === connected) return;
  connected = now;
  for (const watcher of watchers) watcher(now);
}

/** @param {News} news */
function spread(news) {
  for (const listener of listeners) listener(news);
}

/** @param {MessageEvent} message */
function hear(message) {
  if (message.lastEventId) cursor = message.lastEventId;
  let data = null;
  try {
    data = JSON.parse(message.data);
  } catch {
    return;
  }
  spread({ type: message.type, data });
}

const kinds = ["run", "history", "progress", "missed"];

function open() {
  source = new EventSource(`/v1/events${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`);
  for (const kind of kinds) source.addEventListener(kind, /** @type {EventListener} */ (hear));
  source.onopen = () => {
    if (failures > 0) spread({ type: "again", data: null });
    failures = 0;
    setConnected(true);
  };
  source.onerror = () => {
    source?.close();
    source = null;
    failures += 1;
    if (failures > 1) setConnected(false);
    setTimeout(open, patience[Math.min(failures, patience.length) - 1]);
  };
}

/**
 * Calls back at each piece of news. "again" and "lost" mean: read anew.
 * @param {(news: News) => void} listener
 */
export function listen(listener) {
  if (!source && failures === 0) open();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether the stream stands. */
export function useConnected() {
  const [now, set] = useState(connected);
  useEffect(() => {
    watchers.add(set);
    set(connected);
    return () => watchers.delete(set);
  }, []);
  return now;
}
