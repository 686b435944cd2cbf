// A status is a colour, a shape and a word: each of them is enough.
import { html, classes } from "../html.js";
import { look } from "../data/status.js";

/** @type {Record<string, any>} */
const shapes = {
  check: html`<circle cx="8" cy="8" r="7.5" fill="currentColor" /><path d="M4.6 8.3l2.3 2.3 4.5-5" fill="none" stroke="var(--surface)" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" />`,
  cross: html`<path d="M8 .3L15.7 8 8 15.7.3 8z" fill="currentColor" /><path d="M5.8 5.8l4.4 4.4m0-4.4l-4.4 4.4" stroke="var(--surface)" stroke-width="1.8" stroke-linecap="round" />`,
  triangle: html`<path d="M8 .8L15.8 14.6H.2z" fill="currentColor" /><path d="M8 5.6v4.2M8 12v.4" stroke="var(--surface)" stroke-width="1.8" stroke-linecap="round" />`,
  half: html`<circle cx="8" cy="8" r="6.6" fill="none" stroke="currentColor" stroke-width="1.8" /><path d="M8 1.4a6.6 6.6 0 010 13.2z" fill="currentColor" />`,
  ring: html`<circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="1.8" />`,
  square: html`<rect x="2" y="2" width="12" height="12" rx="1.5" fill="currentColor" />`,
  bars: html`<rect x="2.5" y="2" width="4" height="12" rx="1" fill="currentColor" /><rect x="9.5" y="2" width="4" height="12" rx="1" fill="currentColor" />`,
  dash: html`<path d="M3 8h10" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" />`,
};

/** @param {{status?: string | null, label?: boolean}} props */
export function Shape({ status }) {
  const { tone, shape } = look(status);
  return html`<svg class=${classes("shape", `tone-${tone}`)} viewBox="0 0 16 16" aria-hidden="true">${shapes[shape]}</svg>`;
}

/** @param {{status?: string | null, text?: string}} props */
export function Status({ status, text }) {
  const { tone, shape, word } = look(status);
  return html`<span class=${classes("status", `tone-${tone}`)}>
    <svg viewBox="0 0 16 16" aria-hidden="true">${shapes[shape]}</svg>${text ?? word}
  </span>`;
}
