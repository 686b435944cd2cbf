// JSON as a tree that opens where one looks, and as a difference.
import { useMemo, useState } from "preact/hooks";
import { html } from "../html.js";
import { diffLines } from "../data/diff.js";
import { plural } from "../data/format.js";
import { copy } from "./basics.js";

const most = 100;

/** @param {unknown} value */
export const pretty = (value) => (value === undefined ? "" : JSON.stringify(value, null, 2));

/** @param {{value: any}} props */
function Scalar({ value }) {
  if (typeof value === "string") return html`<span class="s">${JSON.stringify(value)}</span>`;
  return html`<span class="n">${String(value)}</span>`;
}

/** @param {{name?: string, value: any, depth: number}} props */
function Branch({ name, value, depth }) {
  const [open, setOpen] = useState(depth < 2);
  const [shown, setShown] = useState(most);
  const label = name === undefined ? "" : html`<span class="k">${name}</span>: `;
  if (value === null || typeof value !== "object") return html`<div class="leaf">${label}<${Scalar} value=${value} /></div>`;
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return html`<div class="leaf">${label}${list ? "[]" : "{}"}</div>`;
  return html`<details open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
    <summary>${label}<span class="soft">${list ? `[ ${plural(entries.length, "item")} ]` : `{ ${plural(entries.length, "member")} }`}</span></summary>
    ${open && html`<div>
      ${entries.slice(0, shown).map(([key, each]) => html`<${Branch} key=${key} name=${key} value=${each} depth=${depth + 1} />`)}
      ${entries.length > shown && html`<button class="button tiny" onClick=${() => setShown(shown + 10 * most)}>${plural(entries.length - shown, "more item")}</button>`}
    </div>`}
  </details>`;
}

/** @param {{value: any, title: string}} props */
export const Json = ({ value, title }) => html`<section class="card json">
  <div class="card-head"><h2>${title}</h2><button class="button quiet tiny" onClick=${() => copy(pretty(value))} aria-label=${`Copy: ${title}`}>Copy</button></div>
  <div class="json-tree">${value === undefined ? html`<span class="soft">none yet</span>` : html`<${Branch} value=${value} depth=${0} />`}</div>
</section>`;

/** @param {{before: any, after: any, title: string}} props */
export function JsonDiff({ before, after, title }) {
  const lines = useMemo(() => diffLines(pretty(before), pretty(after)), [before, after]);
  const changed = lines.some((line) => line.sign !== " ");
  return html`<section class="card json">
    <div class="card-head"><h2>${title}</h2></div>
    <div class="json-tree">${!changed && html`<p class="soft">They are the same.</p>`}
      ${changed && lines.slice(0, 3000).map((line) => html`<div class=${`diff-line ${line.sign === "+" ? "plus" : line.sign === "-" ? "minus" : ""}`}><span>${line.sign}</span><span>${line.text}</span></div>`)}
    </div>
  </section>`;
}
