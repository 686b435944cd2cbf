// How a connection is, in the words of the page, and its outages by day.
import { duration, plural } from "./format.js";

/**
 * @param {any} connection of /v1/connections
 * @returns {{status: string, text: string, rank: number}} the smaller the rank, the more it needs somebody
 */
export function standing(connection) {
  if (connection.down) return { status: "down", text: "down", rank: 0 };
  if (connection.held) return { status: "held", text: "held", rank: 1 };
  if (connection.closed) return { status: "paused", text: "in maintenance", rank: 2 };
  return { status: "up", text: "up", rank: 3 };
}

/** @param {any[]} connections what the page says first */
export function summary(connections) {
  const count = (/** @type {number} */ rank) => connections.filter((each) => standing(each).rank === rank).length;
  const parts = [[count(0), "down"], [count(1), "held"], [count(2), "in maintenance"]].filter(([many]) => many).map(([many, word]) => `${many} ${word}`);
  if (parts.length === 0) return connections.length === 1 ? "The connection is up" : `All ${connections.length} connections are up`;
  return `${plural(connections.length, "connection")}: ${parts.join(", ")}`;
}

/**
 * The days up to today, the oldest first, each with its outages and for how long it was down. Days are
 * those of the browser's zone, and may have 23 or 25 hours.
 * @param {any[]} outages
 * @param {number} now
 * @param {number} [count]
 */
export function daysOf(outages, now, count = 30) {
  const today = new Date(now);
  return Array.from({ length: count }, (_, index) => {
    const date = (/** @type {number} */ offset) => new Date(today.getFullYear(), today.getMonth(), today.getDate() - count + 1 + index + offset).getTime();
    const from = date(0);
    const to = Math.min(date(1), now);
    const spans = outages.map((outage) => Math.min(to, outage.until ? Date.parse(outage.until) : now) - Math.max(from, Date.parse(outage.since)))
      .filter((ms) => ms >= 0);
    return { from, outages: spans.length, down: spans.reduce((sum, ms) => sum + ms, 0) };
  });
}

/** @param {{outages: number, down: number}[]} days @param {any[]} outages of these days */
export function healthText(days, outages) {
  if (outages.length === 0) return `no outage in ${days.length} days`;
  const down = days.reduce((sum, each) => sum + each.down, 0);
  return `${plural(outages.length, "outage")} in ${days.length} days, down for ${duration(down)}`;
}

/** @param {any[]} outages @param {{from: number}[]} days those that reach into these days */
export const within = (outages, days) => outages.filter((outage) => !outage.until || Date.parse(outage.until) >= days[0].from);
