// A field for JSON: it says at once what is wrong, and where.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { read } from "../data/json_text.js";
import { pretty } from "./json.js";

/**
 * @param {{label: string, value: string, rows?: number, onInput: (text: string) => void, problem?: string}} props
 *   problem: what else is wrong, of a text that is JSON
 */
export function JsonEditor({ label, value, rows, onInput, problem }) {
  const [id] = useState(() => `json-${Math.random().toString(36).slice(2)}`);
  const found = read(value);
  const wrong = found.problem || problem || "";
  return html`<div class="label">
    <div class="bar spread"><label for=${id}>${label}</label><button type="button" class="button quiet tiny" disabled=${found.value === undefined || Boolean(found.problem)} onClick=${() => onInput(pretty(found.value))}>Format</button></div>
    <textarea id=${id} class="field" rows=${rows ?? 12} spellcheck=${false} autocomplete="off" value=${value} aria-invalid=${wrong ? "true" : "false"} aria-describedby=${`${id}-state`}
      onInput=${(/** @type {any} */ event) => onInput(event.target.value)} />
    <p id=${`${id}-state`} class=${wrong ? "tone-bad" : "soft"} role="status">${wrong || "Valid JSON"}</p>
  </div>`;
}
