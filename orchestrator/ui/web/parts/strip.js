// A map of any number of children at a glance: where by their index failures are, and how far it is.
import { html } from "../html.js";
import { number, plural } from "../data/format.js";
import { columnsOf, heightsOf } from "../data/strip.js";
import { useNarrow } from "./rows.js";

/** @param {import("../data/strip.js").Column} column */
const spanOf = (column) => (column.first === column.last ? number(column.first) : `${number(column.first)}–${number(column.last)}`);

/** @param {import("../data/strip.js").Column} column */
function saying(column) {
  const waiting = column.last - column.first + 1 - column.total;
  const counts = [[column.failed, "failed"], [column.succeeded, "succeeded"], [column.running, "running"], [column.aborted, "stopped"], [waiting, "not begun"]];
  return `${spanOf(column)}: ${counts.filter(([count]) => Number(count) > 0).map(([count, word]) => `${number(Number(count))} ${word}`).join(", ")}`;
}

/** @param {import("../data/strip.js").Column[]} columns */
function summary(columns) {
  const bad = columns.filter((column) => column.failed > 0);
  if (bad.length === 0) return "no failures";
  return `failures at ${bad.slice(0, 8).map((column) => `${spanOf(column)} (${number(column.failed)})`).join(", ")}${bad.length > 8 ? ` and ${plural(bad.length - 8, "more place")}` : ""}`;
}

const kinds = /** @type {const} */ (["succeeded", "aborted", "running"]);

/** @param {{strip: any}} props */
export function Strip({ strip }) {
  const narrow = useNarrow();
  const columns = columnsOf(strip, narrow ? 50 : 200);
  const width = 10;
  const gap = columns.length > 100 ? 1 : 2;
  return html`<figure class="heat">
    <svg viewBox=${`0 0 ${columns.length * width} 64`} preserveAspectRatio="none" role="img" aria-label=${`${plural(strip.children, "child", "children")} by index: ${summary(columns)}`}>
      ${columns.map((column, at) => {
        const heights = heightsOf(column);
        let below = 64;
        return html`<g key=${column.first} transform=${`translate(${at * width} 0)`}><title>${saying(column)}</title>
          <rect class="none" x=${gap / 2} y="8" width=${width - gap} height="56" />
          ${kinds.map((kind) => {
            const height = 0.56 * heights[kind];
            below -= height;
            return height > 0 && html`<rect class=${kind} x=${gap / 2} y=${below} width=${width - gap} height=${height} />`;
          })}
          ${heights.failed > 0 && html`<rect class="failed" x=${gap / 2} y="8" width=${width - gap} height=${0.56 * heights.failed} /><path class="failed" d=${`M0 0h${width}l-${width / 2} 6z`} />`}
        </g>`;
      })}
    </svg>
    <figcaption><span>0</span><span>${columns.length > 1 ? `a column is ${plural(columns[0].last - columns[0].first + 1, "index", "indexes")}` : ""}</span><span>${number(strip.children - 1)}</span></figcaption>
  </figure>`;
}
