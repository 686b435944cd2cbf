// Small parts: a time, an error, a command to copy, what to do where there is nothing yet.
import { useEffect, useRef, useState } from "preact/hooks";
import { html, classes } from "../html.js";
import { exact, moment } from "../data/format.js";
import { say } from "./toast.js";

/** @param {{at?: string | null, seconds?: boolean}} props */
export const Time = ({ at, seconds }) => (at ? html`<time datetime=${at} title=${exact(at)}>${moment(at, seconds)}</time>` : "–");

/** @param {{problem: any, retry?: () => void}} props */
export function ProblemBox({ problem, retry }) {
  return html`<div class="problem" role="alert">
    <h2>${problem.title ?? "That did not work"} ${problem.code && html`<span class="code">${problem.code}</span>`}</h2>
    ${problem.message && problem.message !== problem.title && html`<p>${problem.message}</p>`}
    ${problem.hint && html`<p class="hint">${problem.hint}</p>`}
    ${problem.code && html`<${Command} text=${`orch explain ${problem.code}`} />`}
    ${retry && html`<div><button class="button" onClick=${retry}>Try again</button></div>`}
  </div>`;
}

/** @param {{failure: any, children?: any, title?: any}} props a failure of a run, as the API tells it */
export function FailureBox({ failure, children, title }) {
  return html`<div class="problem">
    <h2>${title ?? failure.key ?? "The run"} <span class="code">${failure.error}${failure.code ? ` · ${failure.code}` : ""}</span></h2>
    <p>${failure.message || failure.cause}</p>
    ${failure.hint && html`<p class="hint">${failure.hint}</p>`}
    ${children}
  </div>`;
}

/** @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("Copied");
  } catch {
    say("This browser does not let pages copy; select the text instead");
  }
}

/** @param {{text: string, what?: string}} props the command that does the same, or another text to copy */
export const Command = ({ text, what }) => html`<div class="command">
  <code>${text}</code>
  <button class="button quiet tiny" onClick=${() => copy(text)} aria-label=${`Copy ${what ?? `the command: ${text.length > 60 ? `${text.slice(0, 59)}…` : text}`}`}>Copy</button>
</div>`;

/** @param {{title: string, children?: any, command?: string}} props */
export const Empty = ({ title, children, command }) => html`<div class="empty">
  <h2>${title}</h2>
  ${children && html`<p>${children}</p>`}
  ${command && html`<${Command} text=${command} />`}
</div>`;

/** The place of what is not known yet. */
export const Skeleton = () => html`<div class="skeleton" role="status"><span class="unseen">Loading</span></div>`;

/**
 * What a screen shows while there is nothing, an error, or the data; `title` heads it until there are data.
 * @param {{of: import("../data/resource.js").Resource<any>, title?: string, children: (data: any) => any}} props
 */
export function Loaded({ of, title, children }) {
  if (of.data) return html`${of.problem && of.problem.status !== 0 && html`<${ProblemBox} problem=${of.problem} retry=${of.again} />`}${children(of.data)}`;
  const head = title && html`<${Head} title=${title} />`;
  if (of.problem) return html`${head}<${ProblemBox} problem=${of.problem} retry=${of.again} />`;
  return html`${head}<${Skeleton} />`;
}

/** @param {{title: any, lead?: any, children?: any}} props */
export function Head({ title, lead, children }) {
  return html`<header class="head">
    <div class="head-text"><h1>${title}</h1>${lead && html`<p>${lead}</p>`}</div>
    ${children && html`<div class="bar">${children}</div>`}
  </header>`;
}

/** @param {{tabs: {name: string, href: string, current: boolean}[], label: string}} props */
export function Tabs({ tabs, label }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const current = tabs.findIndex((tab) => tab.current);
  useEffect(() => {
    const tab = /** @type {HTMLElement | undefined} */ (element.current?.children[current]);
    if (element.current && tab) element.current.scrollLeft = tab.offsetLeft - element.current.offsetLeft - 16;
  }, [current]);
  return html`<nav class="tabs" aria-label=${label} ref=${element}>
  ${tabs.map((tab) => html`<a class="tab" href=${tab.href} aria-current=${tab.current ? "page" : undefined}>${tab.name}</a>`)}
  </nav>`;
}

/**
 * @param {{value: string, label: string, onInput: (text: string) => void}} props
 */
export function Search({ value, label, onInput }) {
  return html`<input class=${classes("field", "grow")} type="search" data-search value=${value} placeholder=${label} aria-label=${label}
    autocomplete="off" spellcheck=${false} onInput=${(/** @type {any} */ event) => onInput(event.target.value)} />`;
}

/**
 * A dialog over the page; Escape closes it.
 * @param {{title: string, onClose: () => void, children: any}} props
 */
export function Dialog({ title, onClose, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [id] = useState(() => `dialog-${Math.random().toString(36).slice(2)}`);
  useEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return html`<dialog class="dialog" ref=${element} aria-labelledby=${id} onClose=${onClose}>
    <div class="dialog-body"><h2 id=${id}>${title}</h2>${children}</div>
  </dialog>`;
}
