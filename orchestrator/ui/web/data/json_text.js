// JSON that a person types: where it is wrong, and whether a browser can keep its numbers.

/**
 * Line and column, from 1, of a place in a text.
 * @param {string} text
 * @param {number} position
 */
export function placeOf(text, position) {
  const before = text.slice(0, position).split("\n");
  return { line: before.length, column: before[before.length - 1].length + 1 };
}

/** A number that a browser would round, or "". @param {string} text valid JSON */
export function rounded(text) {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  for (const [digits] of bare.matchAll(/-?\d+(?![\d.eE])/g)) if (!Number.isSafeInteger(Number(digits))) return digits;
  return "";
}

/** @param {any} value whether a number in it may have been rounded when it was read */
export function mayBeRounded(value) {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value);
  return value !== null && typeof value === "object" && Object.values(value).some(mayBeRounded);
}

/**
 * @param {string} text
 * @returns {{value: any, problem: string}} problem: empty when the text can be used
 */
export function read(text) {
  if (text.trim() === "") return { value: undefined, problem: "JSON is expected; the text is empty" };
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { value: undefined, problem: complaint(text, /** @type {Error} */ (error).message) };
  }
  const digits = rounded(text);
  return digits ? { value, problem: `the browser would round ${digits}; use the command instead` } : { value, problem: "" };
}

/** @param {string} text @param {string} message of JSON.parse */
function complaint(text, message) {
  const position = /at position (\d+)/.exec(message);
  const words = message.replace(/ (in JSON )?at position \d+.*$/s, "").replace(/, ?(\.\.\.)?"[\s\S]*$/, "").replace(/ in JSON$/, "");
  const at = position ? Number(position[1]) : /end of JSON/i.test(message) ? text.length : -1;
  if (at < 0) return words;
  const { line, column } = placeOf(text, at);
  return `line ${line}, column ${column}: ${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}
