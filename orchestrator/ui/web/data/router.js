// Addresses: every screen, and what is chosen on it, has one.
import { useEffect, useState } from "preact/hooks";

/** @type {Set<() => void>} */
const watchers = new Set();

/** @typedef {{path: string[], query: URLSearchParams}} Place */

/** @returns {Place} */
export function place() {
  const path = location.pathname.replace(/^\/ui\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
  return { path, query: new URLSearchParams(location.search) };
}

/**
 * @param {string} address
 * @param {boolean} [replace] the present one is not kept in the history
 */
export function go(address, replace = false) {
  if (address === location.pathname + location.search) return;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  if (!replace) scrollTo(0, 0);
  for (const watcher of watchers) watcher();
}

/**
 * The address below /ui/ of the parts, each escaped.
 * @param {...string} parts
 */
export const at = (...parts) => `/ui/${parts.map(encodeURIComponent).join("/")}`;

/**
 * The present address with other values in its query; null takes one out.
 * @param {Record<string, string | null>} values
 */
export function choose(values) {
  const chosen = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === "") chosen.delete(name);
    else chosen.set(name, value);
  }
  const text = chosen.toString();
  go(location.pathname + (text ? `?${text}` : ""), true);
}

export function usePlace() {
  const [now, set] = useState(place());
  useEffect(() => {
    const look = () => set(place());
    watchers.add(look);
    addEventListener("popstate", look);
    return () => {
      watchers.delete(look);
      removeEventListener("popstate", look);
    };
  }, []);
  return now;
}

// Links within the UI do not load the page anew.
addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  if (!link.pathname.startsWith("/ui/") || link.hash) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
