// Short news at the edge of the page.
import { useEffect, useState } from "preact/hooks";
import { html } from "../html.js";

/** @type {((text: string) => void) | null} */
let show = null;

/** @param {string} text */
export const say = (text) => show?.(text);

export function Toasts() {
  const [texts, set] = useState(/** @type {{id: number, text: string}[]} */ ([]));
  useEffect(() => {
    let last = 0;
    show = (text) => {
      last += 1;
      const id = last;
      set((all) => [...all.slice(-2), { id, text }]);
      setTimeout(() => set((all) => all.filter((each) => each.id !== id)), 4000);
    };
    return () => { show = null; };
  }, []);
  return html`<div class="toast" role="status" aria-live="polite">${texts.map((each) => html`<div key=${each.id}>${each.text}</div>`)}</div>`;
}
