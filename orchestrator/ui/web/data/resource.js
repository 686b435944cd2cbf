// What a screen shows of the API, read again when news arrive. While it is read again the old values
// stay, so that nothing on the page moves.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ask } from "./api.js";
import { listen } from "./live.js";

/**
 * @template T
 * @typedef {{data: T | null, problem: import("./api.js").Problem | null, loading: boolean, again: () => void}} Resource
 */

const shortest = 400;

/**
 * @param {string | null} path below /v1; null: nothing yet
 * @param {{when?: (news: import("./live.js").News) => boolean, every?: number, all?: boolean}} [options] `when`: the news
 *   that make it read again (default: any of a run); `every`: and so many ms after the last time
 * @returns {Resource<any>}
 */
export function useResource(path, options = {}) {
  const [state, setState] = useState(/** @type {{path: string | null, data: any, problem: any}} */ ({ path, data: null, problem: null }));
  const when = useRef(options.when);
  when.current = options.when;
  const read = useRef(() => {});

  useEffect(() => {
    if (path === null) return undefined;
    let over = false;
    let busy = false;
    let wanted = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const aborter = new AbortController();
    const now = async () => {
      if (busy) {
        wanted = true;
        return;
      }
      busy = true;
      wanted = false;
      clearTimeout(timer);
      try {
        const data = await (options.all ? readAll(path, ask, { signal: aborter.signal }) : ask(path, { signal: aborter.signal }));
        if (!over) setState({ path, data, problem: null });
      } catch (problem) {
        if (!over) setState((last) => ({ path, data: last.path === path ? last.data : null, problem }));
      }
      busy = false;
      if (over) return;
      const pause = wanted ? shortest : options.every;
      if (pause) timer = setTimeout(now, pause);
    };
    read.current = now;
    now();
    const quiet = listen((news) => {
      const known = news.type === "again" || news.type === "missed";
      const mine = known || (when.current ? when.current(news) : news.type === "run");
      if (!mine || wanted) return;
      wanted = true;
      clearTimeout(timer);
      timer = setTimeout(() => { if (!busy) now(); }, shortest);
    });
    return () => {
      over = true;
      aborter.abort();
      clearTimeout(timer);
      quiet();
    };
  }, [path, options.every]);

  const again = useCallback(() => read.current(), []);
  const mine = state.path === path;
  const data = mine ? state.data : null;
  const problem = mine ? state.problem : null;
  return { data, problem, loading: path !== null && !data && !problem, again };
}

const page = 1000;
const most = 20_000;

/**
 * All items of a list, page by page.
 * @param {string} path
 * @param {(path: string, options: RequestInit) => Promise<any>} read
 * @param {RequestInit} options
 */
async function readAll(path, read, options) {
  const first = `${path}${path.includes("?") ? "&" : "?"}limit=${page}`;
  const all = await read(first, options);
  while (all.next && all.items.length < most) {
    const more = await read(`${first}&cursor=${encodeURIComponent(all.next)}`, options);
    all.items.push(...more.items);
    all.next = more.next;
  }
  return all;
}

/**
 * A list with all its pages.
 * @param {string | null} path
 * @param {{when?: (news: import("./live.js").News) => boolean, every?: number}} [options]
 */
export const useAll = (path, options = {}) => useResource(path, { ...options, all: true });

/** The time, again every so many ms, so that ages on the page go on. */
export function useNow(every = 30_000) {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/**
 * A list that is read page by page: the first page is kept up with what happens, `load` reads the next one.
 * @param {string} path with a query
 * @param {(item: any) => any} id of an item
 * @param {{when?: (news: import("./live.js").News) => boolean, every?: number}} [options]
 * @returns {Resource<any> & {more: any[], load: () => void, done: boolean}} more: items after those of the first page
 */
export function usePages(path, id, options = {}) {
  const first = useResource(path, options);
  const [later, set] = useState(/** @type {{path: string, items: any[], next: string | undefined}} */ ({ path, items: [], next: undefined }));
  const busy = useRef(false);
  const shown = useRef(/** @type {{path: string, items: any[]}} */ ({ path, items: [] }));
  useEffect(() => set({ path, items: [], next: undefined }), [path]);
  // What new items have pushed off the end of the first page belongs before those that were read later.
  useEffect(() => {
    if (!first.data) return;
    const before = shown.current;
    shown.current = { path, items: first.data.items };
    if (before.path !== path) return;
    const here = new Set(first.data.items.map(id));
    const pushed = before.items.slice(before.items.findLastIndex((item) => here.has(id(item))) + 1);
    if (pushed.length > 0) set((last) => (last.path === path && last.items.length > 0 ? { ...last, items: [...pushed, ...last.items] } : last));
  }, [path, first.data]);
  const mine = later.path === path && later.items.length > 0;
  const next = mine ? later.next : first.data?.next;
  const load = useCallback(async () => {
    if (!next || busy.current) return;
    busy.current = true;
    try {
      const read = await ask(`${path}&cursor=${encodeURIComponent(next)}`);
      set((last) => ({ path, items: last.path === path ? [...last.items, ...read.items] : read.items, next: read.next }));
    } catch {
      // The first page tells of trouble; the end of the list is asked for again when it is scrolled to.
    }
    busy.current = false;
  }, [path, next]);
  const known = new Set((first.data?.items ?? []).map(id));
  return { ...first, more: mine ? later.items.filter((item) => !known.has(id(item))) : [], load, done: !next };
}
