// The definition as the server has drawn it, in the states' colours, with the ways that were taken.
import { useEffect, useRef, useState } from "preact/hooks";
import { html, classes } from "../html.js";
import { number, plural } from "../data/format.js";
import { look } from "../data/status.js";
import { Shape } from "./status.js";

const smallest = 0.3;
const largest = 2.5;

/** @param {{x: number, y: number}[]} points */
function curve(points) {
  let text = `M${points[0].x} ${points[0].y}`;
  for (let at = 1; at < points.length; at += 1) {
    const a = points[at - 1];
    const b = points[at];
    const half = (a.y + b.y) / 2;
    text += a.x === b.x || a.y === b.y ? `L${b.x} ${b.y}` : `C${a.x} ${half} ${b.x} ${half} ${b.x} ${b.y}`;
  }
  return text;
}

/** @param {any} line of the run's states */
function counts(line) {
  if (line.children) return `${number(line.children.succeeded)} of ${number(line.children.total)}${line.children.failed ? `, ${number(line.children.failed)} failed` : ""}`;
  if (line.type === "Map") return plural(line.items, "item");
  if (line.entered > 1) return `${number(line.succeeded)} of ${number(line.entered)}${line.failed ? `, ${number(line.failed)} failed` : ""}`;
  return line.attempts > 1 ? `${line.attempts} attempts` : look(line.status).word;
}

/** @param {string} name @param {number} width what fits into a box */
const fitted = (name, width) => (name.length * 7.5 <= width - 16 ? name : `${name.slice(0, Math.floor((width - 30) / 7.5))}…`);

/** @param {{node: any, line: any, href: string}} props */
function Node({ node, line, href }) {
  const tone = line ? look(line.status).tone : "";
  const middle = node.width / 2;
  return html`<a class=${classes("node", tone, line && ["failed", "running"].includes(line.status) && "focal")} href=${href} transform=${`translate(${node.x} ${node.y})`}>
    <rect width=${node.width} height=${node.height} rx="8"><title>${`${node.state} (${node.type})`}</title></rect>
    <text x=${middle} y=${line ? 19 : 27} text-anchor="middle">${`${fitted(node.state, node.width)} `}</text>
    ${line && html`<text class="sub" x=${middle} y="34" text-anchor="middle">${counts(line)}</text>
    <svg x=${node.width - 10} y="-7" width="16" height="16"><circle class="halo" cx="8" cy="8" r="8" /><svg x="1" y="1" width="14" height="14"><${Shape} status=${line.status} /></svg></svg>`}
  </a>`;
}

/** @param {{graph: any, lines: Map<string, any>, edges: Set<string>, href: (state: string) => string}} props */
function Drawn({ graph, lines, edges, href }) {
  /** @param {any} way */
  const taken = (way) => (way.kind === "nested" ? lines.has(way.to) : edges.has(`${way.from}\n${way.to}`));
  const ways = [...graph.ways].sort((a, b) => Number(taken(a)) - Number(taken(b)));
  return html`
    ${graph.frames.map((/** @type {any} */ frame) => html`<rect class="flow" x=${frame.x} y=${frame.y} width=${frame.width} height=${frame.height} rx="8" />`)}
    ${ways.map((way) => html`<path class=${classes("edge", way.kind, taken(way) && "taken")} d=${curve(way.points)} marker-end=${taken(way) ? "url(#arrow-taken)" : "url(#arrow)"}><title>${`${way.from} → ${way.to}${way.label ? `: ${way.label}` : ""}`}</title></path>`)}
    ${graph.frames.map((/** @type {any} */ frame) => html`<text class="sub over" x=${frame.x + 10} y=${frame.y + 18}>${fitted(frame.label.replace(`${frame.state}: `, ""), frame.width)}</text>`)}
    ${graph.nodes.map((/** @type {any} */ node) => html`<${Node} node=${node} line=${lines.get(node.state)} href=${href(node.state)} />`)}`;
}

/**
 * Zooming with the keys + − 0, with the wheel and Ctrl, and with two fingers; the middle of the view stays.
 * @param {{current: HTMLElement | null}} frame
 * @param {number} width of the drawing
 */
function useZoom(frame, width) {
  const [scale, set] = useState(0);
  const now = useRef(1);
  /** @param {number} wanted @param {number} [x] @param {number} [y] the place that stays, in the frame */
  const zoom = (wanted, x, y) => {
    const place = frame.current;
    if (!place) return;
    const next = Math.min(largest, Math.max(smallest, wanted));
    const left = x ?? place.clientWidth / 2;
    const top = y ?? place.clientHeight / 2;
    const to = { left: ((place.scrollLeft + left) * next) / now.current - left, top: ((place.scrollTop + top) * next) / now.current - top };
    now.current = next;
    set(next);
    requestAnimationFrame(() => place.scrollTo(to));
  };
  const fit = () => {
    const place = frame.current;
    if (place) zoom(Math.min(1.25, Math.max(0.5, (place.clientWidth - 2) / width)));
  };
  useEffect(() => {
    const place = frame.current;
    if (!place) return undefined;
    fit();
    requestAnimationFrame(() => {
      const box = place.querySelector(".focal")?.getBoundingClientRect();
      const own = place.getBoundingClientRect();
      if (box) place.scrollBy(box.left + box.width / 2 - own.left - own.width / 2, box.top + box.height / 2 - own.top - own.height / 2);
    });
    let apart = 0;
    /** @param {TouchEvent} event */
    const distance = (event) => Math.hypot(event.touches[0].clientX - event.touches[1].clientX, event.touches[0].clientY - event.touches[1].clientY);
    /** @param {WheelEvent} event */
    const wheel = (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const own = place.getBoundingClientRect();
      zoom(now.current * Math.exp(-event.deltaY / 300), event.clientX - own.left, event.clientY - own.top);
    };
    /** @param {TouchEvent} event */
    const pinch = (event) => {
      if (event.touches.length !== 2) {
        apart = 0;
        return;
      }
      event.preventDefault();
      const next = distance(event);
      if (apart > 0) zoom((now.current * next) / apart);
      apart = next;
    };
    place.addEventListener("wheel", wheel, { passive: false });
    place.addEventListener("touchmove", pinch, { passive: false });
    place.addEventListener("touchend", pinch);
    return () => {
      place.removeEventListener("wheel", wheel);
      place.removeEventListener("touchmove", pinch);
      place.removeEventListener("touchend", pinch);
    };
  }, [width]);
  return { scale: scale || 1, zoom, fit };
}

/** @param {{graph: any, states: any[], edges: Set<string>, href: (state: string) => string}} props */
export function Graph({ graph, states, edges, href }) {
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  const { scale, zoom, fit } = useZoom(frame, graph.width);
  const lines = new Map(states.map((line) => [line.name, line]));
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") zoom(scale * 1.25);
    else if (event.key === "-") zoom(scale / 1.25);
    else if (event.key === "0") fit();
    else return;
    event.preventDefault();
  };
  return html`<div class="graph-box card">
    <div class="graph" tabindex="0" role="group" aria-label="Graph of the states; plus and minus zoom, 0 fits it" ref=${frame} onKeyDown=${press}>
      <svg width=${Math.round(graph.width * scale)} height=${Math.round(graph.height * scale)} viewBox=${`0 0 ${graph.width} ${graph.height}`}>
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0l8 4-8 4z" fill="var(--line-strong)" /></marker>
          <marker id="arrow-taken" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="5" markerHeight="5" orient="auto"><path d="M0 0l8 4-8 4z" fill="var(--ink)" /></marker>
        </defs>
        <${Drawn} graph=${graph} lines=${lines} edges=${edges} href=${href} />
      </svg>
    </div>
    <div class="graph-zoom" role="group" aria-label="Zoom">
      <button class="button tiny" aria-label="Smaller" onClick=${() => zoom(scale / 1.25)}>−</button>
      <button class="button tiny" aria-label="Larger" onClick=${() => zoom(scale * 1.25)}>+</button>
      <button class="button tiny" onClick=${fit}>Fit</button>
    </div>
  </div>`;
}
