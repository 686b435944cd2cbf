// Who may use the server: its tokens, and whom it knows without one.
import { useState } from "preact/hooks";
import { html } from "../html.js";
import { tell } from "../data/api.js";
import { plural } from "../data/format.js";
import { useAll, useResource } from "../data/resource.js";
import { Act, quoted } from "../parts/act.js";
import { Command, Dialog, Empty, Loaded, ProblemBox, Time } from "../parts/basics.js";
import { Status } from "../parts/status.js";

const roles = [
  { name: "viewer", text: "reads everything within its scope" },
  { name: "operator", text: "stops and resumes runs, holds connections, pauses pipelines" },
  { name: "approver", text: "what operators do" },
  { name: "editor", text: "deploys, rolls back and removes pipelines" },
  { name: "admin", text: "makes and revokes tokens, removes runs, copies the store" },
];
const parts = /** @type {const} */ (["projects", "pipelines", "domains", "connections"]);
const ways = /** @type {Record<string, string>} */ ({ owner: "user of the machine", key: "key that signs requests", oidc: "identity provider", certificate: "certificate" });

/** @param {{scope: any}} props */
const Scope = ({ scope }) => (scope ? html`<span>${parts.filter((part) => scope[part]?.length).map((part) => html`<span class="listed"><span class="soft">${part}</span> <code>${scope[part].join(" ")}</code></span>`)}</span>` : html`<span class="soft">everything</span>`);

/** @param {string} text names with spaces or commas between */
const namesIn = (text) => text.split(/[\s,]+/).filter(Boolean);

/** @param {any} token */
function commandOf(token) {
  const scope = parts.flatMap((part) => (token.scope[part] ?? []).map((/** @type {string} */ name) => `--${part.slice(0, -1)} ${quoted(name)}`));
  return ["orch token add", quoted(token.name || "NAME"), `--role ${token.role}`, `--days ${token.days}`, ...scope].join(" ");
}

/** @param {{made: any, onClose: () => void}} props the only time that its text is shown */
const Made = ({ made, onClose }) => html`<${Dialog} title=${`Token ${made.name}`} onClose=${onClose}>
  <p>Copy it now: it is shown once. The server keeps only a hash of it.</p>
  <${Command} text=${made.token} what="the token" />
  <p class="soft">It is sent as <code>Authorization: Bearer …</code>, and signs a browser in. ${made.expires ? html`It expires on <${Time} at=${made.expires} />.` : "It does not expire."}</p>
  <div class="bar"><button class="button main" onClick=${onClose}>I have copied it</button></div>
<//>`;

/** @param {{onClose: () => void, onMade: (made: any) => void}} props */
function NewToken({ onClose, onMade }) {
  const [form, set] = useState(/** @type {Record<string, string>} */ ({ name: "", role: "viewer", days: "90" }));
  const [problem, setProblem] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  /** @param {string} member */
  const change = (member) => (/** @type {any} */ event) => set((last) => ({ ...last, [member]: event.target.value }));
  const scope = Object.fromEntries(parts.map((part) => [part, namesIn(form[part] ?? "")]).filter(([, names]) => names.length > 0));
  const limited = Object.keys(scope).length > 0;
  const token = { name: form.name.trim(), role: form.role, days: Number(form.days), scope };
  /** @param {Event} event */
  const make = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      onMade(await tell("/tokens", { name: token.name, role: token.role, days: token.days, ...(limited ? { scope } : {}) }));
    } catch (refused) {
      setProblem(refused);
      setBusy(false);
    }
  };
  return html`<${Dialog} title="New token" onClose=${onClose}><form onSubmit=${make}>
    <label class="label">Name, of whom or what uses it<input class="field" required maxlength="100" value=${form.name} onInput=${change("name")} /></label>
    <div class="columns tight">
      <div><label class="label">Role<select class="field" value=${form.role} onChange=${change("role")}>${roles.map((role) => html`<option value=${role.name}>${role.name}</option>`)}</select></label><p class="soft small">${roles.find((role) => role.name === form.role)?.text}</p></div>
      <label class="label">Valid for<select class="field" value=${form.days} onChange=${change("days")}>${[["7", "7 days"], ["30", "30 days"], ["90", "90 days"], ["365", "a year"], ["0", "ever"]].map(([value, name]) => html`<option value=${value}>${name}</option>`)}</select></label>
    </div>
    <details class="fold" open=${limited}><summary>Limit it to projects, pipelines, domains or connections</summary>
      <div class="columns tight">${parts.map((part) => html`<label class="label">${part[0].toUpperCase() + part.slice(1)}<input class="field" placeholder="all" spellcheck=${false} value=${form[part] ?? ""} onInput=${change(part)} /></label>`)}</div>
      <p class="soft small">Names with spaces between; <code>*</code> stands for any text. A limited token has nothing beside what it names: without connections it may not hold any.</p>
    </details>
    ${problem && html`<${ProblemBox} problem=${problem} />`}
    <${Command} text=${commandOf(token)} />
    <div class="bar"><button class="button" type="button" onClick=${onClose}>Cancel</button><button class="button main" disabled=${busy || !token.name}>Make the token</button></div>
  </form><//>`;
}

/** @param {{name: string, onClose: () => void, again: () => void}} props */
const Revoke = ({ name, onClose, again }) => html`<${Act} title=${`Revoke ${name}`} danger button="Revoke the token" command=${`orch token remove ${quoted(name)}`} onClose=${onClose}
  lead="Requests with it are refused from now on. Sessions and event streams that it has opened end."
  act=${async () => { await tell(`/tokens/${encodeURIComponent(name)}`, {}, "DELETE"); again(); }} />`;

/** @param {{tokens: any[], onRevoke: (name: string) => void}} props */
const List = ({ tokens, onRevoke }) => html`<ul aria-label="Tokens">${tokens.map((token) => html`<li class="who-line" key=${token.name}>
  <b>${token.name}</b><span>${token.role}</span><${Scope} scope=${token.scope} />
  <span class="soft">made <${Time} at=${token.made} />, ${token.expired ? html`<${Status} status="late" text="expired" />` : token.expires ? html`expires <${Time} at=${token.expires} />` : "never expires"}</span>
  <button class="button tiny" aria-label=${`Revoke ${token.name}…`} onClick=${() => onRevoke(token.name)}>Revoke…</button></li>`)}</ul>`;

function Identities() {
  const identities = useResource("/identities", { when: () => false });
  return html`<section class="card"><div class="card-head"><h2>Without a token of this server</h2></div>
    <${Loaded} of=${identities}>${(/** @type {any} */ data) => html`<ul aria-label="Without a token">${data.items.map((/** @type {any} */ each) => html`<li class="who-line">
      <b>${each.who}</b><span>${each.role}</span><${Scope} scope=${each.scope} /><span class="soft">${ways[each.how]}</span></li>`)}</ul>`}<//>
  </section>`;
}

const Roles = () => html`<section class="card"><div class="card-head"><h2>Roles</h2><span class="soft small">each may do what those above it may</span></div>
  <table class="plain"><tbody>${roles.map((role) => html`<tr><td class="once"><b>${role.name}</b></td><td>${role.text}</td></tr>`)}</tbody></table></section>`;

export function Tokens() {
  const tokens = useAll("/tokens", { when: () => false, every: 60_000 });
  const [open, setOpen] = useState("");
  const [made, setMade] = useState(/** @type {any} */ (null));
  const [revoke, setRevoke] = useState("");
  const onMade = (/** @type {any} */ token) => {
    setOpen("");
    setMade(token);
    tokens.again();
  };
  return html`<div class="stack">
    <section class="card"><div class="card-head"><h2>${tokens.data ? plural(tokens.data.items.length, "token") : "Tokens"}</h2><button class="button main" onClick=${() => setOpen("new")}>New token…</button></div>
      <${Loaded} of=${tokens}>${(/** @type {any} */ data) => (data.items.length === 0
        ? html`<${Empty} title="No one else may use the server yet">A token lets people, browsers and programs in, with a role and within a scope.<//>`
        : html`<${List} tokens=${data.items} onRevoke=${setRevoke} />`)}<//></section>
    <${Identities} />
    <${Roles} />
    <${Command} text="orch token list" />
    ${open === "new" && html`<${NewToken} onClose=${() => setOpen("")} onMade=${onMade} />`}
    ${made && html`<${Made} made=${made} onClose=${() => setMade(null)} />`}
    ${revoke && html`<${Revoke} name=${revoke} again=${tokens.again} onClose=${() => setRevoke("")} />`}
  </div>`;
}
