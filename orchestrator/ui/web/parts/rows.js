// A list of any length: only the rows in sight are in the page. Arrow keys go from row to row.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html, classes } from "../html.js";

const spare = 8;

/** Whether the window is as narrow as a phone. */
export function useNarrow() {
  const media = useRef(matchMedia("(max-width: 860px)"));
  const [narrow, set] = useState(media.current.matches);
  useEffect(() => {
    const look = () => set(media.current.matches);
    media.current.addEventListener("change", look);
    return () => media.current.removeEventListener("change", look);
  }, []);
  return narrow;
}

/**
 * Which rows are in sight of the window.
 * @param {{current: HTMLElement | null}} body
 * @param {number} count
 * @param {number} height of a row
 */
export function useSight(body, count, height) {
  const [sight, set] = useState({ from: 0, to: Math.min(count, 40) });
  useLayoutEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      if (!body.current) return;
      const top = body.current.getBoundingClientRect().top;
      const from = Math.max(0, Math.floor(-top / height) - spare);
      const to = Math.min(count, Math.ceil((innerHeight - top) / height) + spare);
      set((last) => (last.from === from && last.to === to ? last : { from, to: Math.max(from, to) }));
    };
    const soon = () => { if (!frame) frame = requestAnimationFrame(look); };
    look();
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", soon);
      removeEventListener("resize", soon);
    };
  }, [count, height]);
  return sight;
}

/**
 * @template T
 * @param {{
 *   items: T[], label: string, head: {name: string, num?: boolean}[], columns: string, narrow: string,
 *   id: (item: T) => string, href: (item: T) => string | undefined, cells: (item: T, link: (text: any) => any, narrow: boolean) => any,
 *   tall?: number, onEnd?: () => void, total?: number
 * }} props `columns`, `narrow`: grid columns on a wide and on a narrow window; `cells`: those
 *   of a row, one of which is made by `link`; `onEnd`: the last rows are in sight
 */
export function Rows({ items, label, head, columns, narrow, id, href, cells, tall, onEnd, total }) {
  const body = useRef(/** @type {HTMLElement | null} */ (null));
  const small = useNarrow();
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const height = Math.round((small ? (tall ?? 4.25) : 2.75) * rem);
  const sight = useSight(body, items.length, height);
  const [active, setActive] = useState(0);
  const wanted = useRef(-1);
  const end = sight.to >= items.length;
  useEffect(() => { if (end && items.length > 0) onEnd?.(); }, [end, items.length]);

  /** @param {KeyboardEvent} event */
  const move = (event) => {
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: 10, PageUp: -10, Home: -items.length, End: items.length };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(items.length - 1, active + step));
    setActive(next);
    const top = body.current ? body.current.getBoundingClientRect().top + next * height : 0;
    if (top < 60) scrollBy(0, top - 120);
    else if (top + height > innerHeight - 60) scrollBy(0, top + height - innerHeight + 120);
    wanted.current = next;
    focusWanted();
  };
  // The row may come into the page only when the window has been scrolled to it.
  const focusWanted = () => {
    const link = wanted.current < 0 ? null : /** @type {HTMLElement | null | undefined} */ (body.current?.querySelector(`[data-index="${wanted.current}"] a`));
    if (!link) return;
    wanted.current = -1;
    link.focus({ preventScroll: true });
  };
  useLayoutEffect(focusWanted);

  const first = Math.min(sight.from, Math.max(0, items.length - 1));
  const shown = items.slice(first, Math.max(sight.to, Math.min(first + 20, items.length)));
  const tab = active >= first && active < first + shown.length ? active : first;
  return html`<div class="rows" style=${`--columns: ${small ? narrow : columns}`} role="table" aria-label=${label} aria-rowcount=${(total ?? items.length) + 1}>
    <div class="rows-head" role="row" aria-rowindex="1">
      ${head.map((each) => html`<span role="columnheader" class=${classes("cut", each.num && "num")}>${each.name}</span>`)}
    </div>
    <div class="rows-body" ref=${body} role="rowgroup" style=${`height: ${items.length * height}px`} onKeyDown=${move}>
      ${shown.map((item, offset) => {
        const index = first + offset;
        /** @param {any} text */
        const link = (text) => html`<a class="key over" href=${href(item)} tabindex=${index === tab ? 0 : -1} onFocus=${() => setActive(index)}>${text}</a>`;
        return html`<div class="row" role="row" key=${id(item)} data-index=${index} aria-rowindex=${index + 2} style=${`top: ${index * height}px; height: ${height}px`}>
          ${cells(item, link, small)}
        </div>`;
      })}
    </div>
  </div>`;
}

/** @param {{class?: string, children?: any, title?: string}} props one cell of a row */
export const Cell = ({ class: name, children, title }) => html`<span role="cell" class=${classes("cut", name)} title=${title}>${children}</span>`;
