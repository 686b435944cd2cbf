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
  let made;
  try {
    made = JSON.parse(text);
  } catch {
    return { value: undefined, problem: complaint(text) };
  }
  const digits = rounded(text);
  return { value: made, problem: digits ? `the browser would round ${digits}; use the command instead` : "" };
}

const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/**
 * Where a text is no JSON, and what is expected there: browsers say it in words of their own, most without the
 * place.
 */
class Fault extends Error {
  /** @param {number} at @param {string} expected */
  constructor(at, expected) {
    super(expected);
    this.at = at;
  }
}

/** @param {string} text @param {number} at */
function blank(text, at) {
  while (at < text.length && " \t\n\r".includes(text[at])) at += 1;
  return at;
}

/** @param {RegExp} pattern @param {string} text @param {number} at @param {string} expected @returns {number} where it ends */
function passed(pattern, text, at, expected) {
  pattern.lastIndex = at;
  if (!pattern.test(text)) throw new Fault(at, expected);
  return pattern.lastIndex;
}

/** @param {string} text @param {number} at @returns {number} where the value ends */
function value(text, at) {
  at = blank(text, at);
  if (text[at] === '"') return passed(string, text, at, "a string that ends, with valid escapes");
  if (text[at] !== "{" && text[at] !== "[") return passed(scalar, text, at, "a value");
  const close = text[at] === "{" ? "}" : "]";
  at = blank(text, at + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    if (close === "}") {
      at = blank(text, passed(string, text, blank(text, at), "a name in double quotes"));
      if (text[at] !== ":") throw new Fault(at, '":"');
      at += 1;
    }
    at = blank(text, value(text, at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ",") throw new Fault(at, `"," or "${close}"`);
    at += 1;
  }
}

/** @param {string} text that is no JSON */
function complaint(text) {
  try {
    const end = blank(text, value(text, 0));
    throw new Fault(end, "the end");
  } catch (fault) {
    if (!(fault instanceof Fault)) return "this is no JSON";
    const { line, column } = placeOf(text, fault.at);
    return `line ${line}, column ${column}: ${fault.message} is expected`;
  }
}
