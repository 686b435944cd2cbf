// The one way to the documented API, /v1: what it refuses is a Problem with code and hint.
import { session } from "./session.js";

/** A refusal of the server, or none reached. */
export class Problem extends Error {
  /** @param {{status: number, title: string, detail?: string, code?: string, hint?: string}} said */
  constructor(said) {
    super(said.detail || said.title);
    this.status = said.status;
    this.title = said.title;
    this.code = said.code ?? "";
    this.hint = said.hint ?? "";
  }
}

/** @param {Response} response */
async function problemOf(response) {
  let said = /** @type {any} */ ({});
  try {
    said = await response.json();
  } catch {
    // Not JSON: the status is all there is.
  }
  return new Problem({
    status: response.status,
    title: said.title ?? `the server answered ${response.status}`,
    detail: said.detail,
    code: said.code,
    hint: said.hint,
  });
}

/** @type {Set<() => void>} those who want to know that the server does not know who asks */
export const strangers = new Set();

/**
 * @param {string} path below /v1, with its query
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
export async function ask(path, options = {}) {
  let response;
  try {
    response = await fetch(`/v1${path}`, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem({ status: 0, title: "The server does not answer", hint: "is `orch serve` running? This page tries again by itself" });
  }
  if (response.status === 401) strangers.forEach((stranger) => stranger());
  if (!response.ok) throw await problemOf(response);
  if (response.status === 204) return null;
  return response.json();
}

/**
 * @param {string} path
 * @param {unknown} [body]
 * @param {string} [method]
 */
export async function tell(path, body = {}, method = "POST") {
  const { csrf } = path === "/session" ? { csrf: "" } : await session();
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json" };
  if (csrf) headers["X-Orch-CSRF"] = csrf;
  return ask(path, { method, headers, body: JSON.stringify(body) });
}

/**
 * A query string of what is set.
 * @param {Record<string, string | number | boolean | null | undefined>} values
 */
export function query(values) {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false);
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
  return text ? `?${text}` : "";
}
