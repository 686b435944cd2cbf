// Statements that give a database user the rights that are missing, to be copied.
import { html } from "../html.js";
import { copy } from "./basics.js";

/** @param {{grants: string[], title?: string}} props */
export function Grants({ grants, title = "Rights that are missing" }) {
  const text = grants.map((grant) => `${grant};`).join("\n");
  return html`<section class="statements" aria-label=${title}>
    <div class="bar"><h3 class="grow">${title}</h3><button class="button tiny" onClick=${() => copy(text)}>Copy as SQL</button></div>
    <pre tabindex="0">${text}</pre>
  </section>`;
}
