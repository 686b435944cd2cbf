// How numbers, times and sizes are written. Times are local; the exact one in UTC is a title.

const whole = new Intl.NumberFormat("en-US");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** @param {number | null | undefined} value */
export const number = (value) => (value === null || value === undefined ? "–" : whole.format(value));

/** @param {number} value */
export const signed = (value) => (value === 0 ? "±0" : `${value > 0 ? "+" : "−"}${whole.format(Math.abs(value))}`);

/**
 * "1 table", "3 tables".
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export const plural = (count, one, many) => `${whole.format(count)} ${count === 1 ? one : (many ?? `${one}s`)}`;

/** @param {number | null | undefined} ms */
export function duration(ms) {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/**
 * Coarser than a duration: "just now", "12 min", "3 h", "2 d".
 * @param {number} ms
 */
export function age(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** @param {number | null | undefined} count */
export function bytes(count) {
  if (count === null || count === undefined) return "–";
  const units = ["B", "KB", "MB", "GB", "TB"];
  let at = 0;
  let value = count;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}

/** @param {Date} date */
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/**
 * Whole days between the date and today: 0 today, 1 yesterday.
 * @param {string} iso
 */
export const daysAgo = (iso) => Math.round((midnight(new Date()) - midnight(new Date(iso))) / 86_400_000);

/**
 * "06:12", "yesterday 06:12", "Mon 06:12", "3 Nov 06:12".
 * @param {string} iso
 * @param {boolean} [seconds]
 */
export function moment(iso, seconds = false) {
  const date = new Date(iso);
  const time = (seconds ? clockSeconds : clock).format(date);
  const days = daysAgo(iso);
  if (days === 0) return time;
  if (days === 1) return `yesterday ${time}`;
  if (days > 1 && days < 7) return `${weekday.format(date)} ${time}`;
  return `${dayLabel(iso)} ${time}`;
}

/** @param {string} iso */
export function dayLabel(iso) {
  const date = new Date(iso);
  return (date.getFullYear() === new Date().getFullYear() ? day : dayOfYear).format(date);
}

/** @param {string} iso */
export const weekdayOf = (iso) => weekday.format(new Date(iso));

/** @param {string | undefined} iso */
export const exact = (iso) => (iso ? iso.replace("T", " ").replace("Z", " UTC") : undefined);

/**
 * "rows of 06:12", "yesterday's rows", "rows of 3 Nov".
 * @param {string} iso
 */
export function rowsOf(iso) {
  const days = daysAgo(iso);
  if (days === 0) return `rows of ${moment(iso)}`;
  if (days === 1) return "yesterday's rows";
  return `rows of ${dayLabel(iso)}`;
}
