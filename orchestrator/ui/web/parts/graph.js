// The definition as a graph in the states' colours, with the ways that were taken.
import { useMemo } from "preact/hooks";
import { html, classes } from "../html.js";
import { number } from "../data/format.js";
import { layout } from "../data/layout.js";
import { look } from "../data/status.js";

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
  if (!line) return "";
  if (line.children) return `${number(line.children.succeeded)} of ${number(line.children.total)}${line.children.failed ? `, ${number(line.children.failed)} failed` : ""}`;
  if (line.type === "Map") return `${number(line.items)} items`;
  if (line.entered > 1) return `${number(line.succeeded)} of ${number(line.entered)}${line.failed ? `, ${number(line.failed)} failed` : ""}`;
  return line.attempts > 1 ? `${line.attempts} attempts` : look(line.status).word;
}

/** @param {{picture: any, lines: Map<string, any>, edges: Set<string>, href: (state: string) => string}} props */
function Drawn({ picture, lines, edges, href }) {
  return html`
    ${picture.edges.map((/** @type {any} */ edge) => html`<path class=${classes("edge", edge.kind === "catch" && "catch", edges.has(`${edge.from}\n${edge.to}`) && "taken")}
      d=${curve(edge.points)} marker-end=${edges.has(`${edge.from}\n${edge.to}`) ? "url(#arrow-taken)" : "url(#arrow)"} />`)}
    ${picture.nodes.map((/** @type {any} */ node) => {
      const line = lines.get(node.name);
      const tone = line ? look(line.status).tone : "";
      const box = node.inner.length > 0;
      let x = 16;
      return html`<g transform=${`translate(${node.x} ${node.y})`} class=${classes("node", box && "box", tone)}>
        <rect width=${node.width} height=${node.height} rx="8" />
        <a href=${href(node.name)}>
          ${box ? html`<rect width=${node.width} height="34" rx="8" fill-opacity="0" stroke-opacity="0" />` : html`<rect width=${node.width} height=${node.height} rx="8" fill-opacity="0" stroke-opacity="0" />`}
          <text x=${box ? 14 : node.width / 2} y=${box ? 22 : line ? 20 : 27} text-anchor=${box ? "start" : "middle"}>${`${node.name} `}</text>
          ${line && html`<text class="sub" x=${box ? node.width - 14 : node.width / 2} y=${box ? 22 : 36} text-anchor=${box ? "end" : "middle"}>${counts(line)}</text>`}
        </a>
        ${node.inner.map((/** @type {any} */ each) => {
          const left = x;
          x += each.width + 28;
          return html`<g transform=${`translate(${left} 32)`}><${Drawn} picture=${each} lines=${lines} edges=${edges} href=${href} /></g>`;
        })}
      </g>`;
    })}`;
}

/** @param {{definition: any, states: any[], edges: Set<string>, href: (state: string) => string}} props */
export function Graph({ definition, states, edges, href }) {
  const picture = useMemo(() => layout(definition), [definition]);
  const lines = new Map(states.map((line) => [line.name, line]));
  return html`<div class="graph card" tabindex="0" role="group" aria-label="Graph of the states"><svg width=${picture.width} height=${picture.height} viewBox=${`0 0 ${picture.width} ${picture.height}`}>
    <defs>
      <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0l8 4-8 4z" fill="var(--line-strong)" /></marker>
      <marker id="arrow-taken" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0l8 4-8 4z" fill="var(--ink)" /></marker>
    </defs>
    <${Drawn} picture=${picture} lines=${lines} edges=${edges} href=${href} />
  </svg></div>`;
}
