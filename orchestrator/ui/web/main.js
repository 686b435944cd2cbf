// The frame of the page: places, keys, and the screen that the address names.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { html, classes } from "./html.js";
import { go, usePlace } from "./data/router.js";
import { strangers, tell } from "./data/api.js";
import { useConnected } from "./data/live.js";
import { useSession } from "./data/session.js";
import { Icon } from "./parts/icons.js";
import { Shape } from "./parts/status.js";
import { Dialog, Empty } from "./parts/basics.js";
import { Toasts } from "./parts/toast.js";
import { Admin } from "./screens/admin.js";
import { Catalog } from "./screens/catalog.js";
import { Changes } from "./screens/changes.js";
import { Connections } from "./screens/connections.js";
import { Grid } from "./screens/grid.js";
import { Login } from "./screens/login.js";
import { Tables } from "./screens/tables.js";
import { Playground } from "./screens/playground.js";
import { Runs } from "./screens/runs.js";
import { Schedules } from "./screens/schedules.js";

/** @type {{name: string, title: string, key: string, group: string, screen: (props: {path: string[], query: URLSearchParams}) => any}[]} */
const places = [
  { name: "tables", title: "Tables", key: "t", group: "Work", screen: Tables },
  { name: "grid", title: "Grid", key: "d", group: "Work", screen: Grid },
  { name: "changes", title: "Since", key: "s", group: "Work", screen: Changes },
  { name: "runs", title: "Runs", key: "r", group: "Work", screen: Runs },
  { name: "schedules", title: "Schedules", key: "c", group: "Set-up", screen: Schedules },
  { name: "catalog", title: "Catalog", key: "k", group: "Set-up", screen: Catalog },
  { name: "connections", title: "Connections", key: "n", group: "Set-up", screen: Connections },
  { name: "playground", title: "Playground", key: "p", group: "Set-up", screen: Playground },
  { name: "admin", title: "Admin", key: "a", group: "Set-up", screen: Admin },
];
const groups = ["Work", "Set-up"];

function Theme() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const [theme, set] = useState(document.documentElement.dataset.theme ?? system);
  const other = theme === "dark" ? "light" : "dark";
  const change = () => {
    document.documentElement.dataset.theme = other;
    try {
      localStorage.setItem("orch.theme", other);
    } catch {
      // Without storage it lasts as long as the page.
    }
    set(other);
  };
  return html`<button class="button quiet tiny" onClick=${change} aria-label=${`Use the ${other} look`}>
    <${Icon} name=${other === "dark" ? "moon" : "sun"} />${other === "dark" ? "Dark" : "Light"}
  </button>`;
}

function Live() {
  const connected = useConnected();
  return html`<div class="live" role="status"><${Shape} status=${connected ? "up" : "degraded"} />${connected ? "Live" : "Reconnecting"}</div>`;
}

function Who() {
  const who = useSession();
  if (!who?.name) return null;
  const leave = async () => {
    await tell("/session", {}, "DELETE");
    location.reload();
  };
  return html`<div class="live"><span class="cut" title=${`${who.name}, ${who.role}`}>${who.name}, ${who.role}</span>${who.how === "session" && html`<button class="button quiet tiny" onClick=${leave}>Leave</button>`}</div>`;
}

function CutOff() {
  const connected = useConnected();
  return connected ? null : html`<p class="cut-off" role="alert">The server does not answer. What you see is the last it said; this page goes on by itself when it is back.</p>`;
}

/** @param {{onClose: () => void}} props */
const Keys = ({ onClose }) => html`<${Dialog} title="Keys" onClose=${onClose}>
  <table class="plain">
    ${places.map((each) => html`<tr><td><kbd>g</kbd> <kbd>${each.key}</kbd></td><td>${each.title}</td></tr>`)}
    <tr><td><kbd>/</kbd></td><td>Search this list</td></tr>
    <tr><td><kbd>↓</kbd> <kbd>↑</kbd> or <kbd>j</kbd> <kbd>k</kbd></td><td>Next, previous row; Enter opens it</td></tr>
    <tr><td><kbd>?</kbd></td><td>These keys</td></tr>
  </table>
  <div class="bar"><a href=${new URL("./lib/licenses.txt", import.meta.url).href} target="_blank">Licences</a><button class="button main" onClick=${onClose}>Close</button></div>
<//>`;

/** @param {{name: string, group: string}} props the links to a group's places; `name` is of the present one */
const Links = ({ name, group }) => html`${places.filter((each) => each.group === group).map((each) => html`<a class="place" href=${`/ui/${each.name}`} aria-current=${each.name === name ? "page" : undefined}><${Icon} name=${each.name} />${each.title}</a>`)}`;

/** @param {{name: string, onClose: () => void, help: () => void}} props on a phone: what does not fit into the bar below the page */
const More = ({ name, onClose, help }) => html`<${Dialog} title="More" onClose=${onClose}>
  <div class="more-places" onClick=${onClose}><${Links} name=${name} group=${groups[1]} /></div>
  <${Live} /><${Who} />
  <div class="bar"><${Theme} /><button class="button quiet tiny" onClick=${() => { onClose(); help(); }}>Keys</button><button class="button" onClick=${onClose}>Close</button></div>
<//>`;

/** @param {{name: string, help: () => void}} props */
function Side({ name, help }) {
  const [more, showMore] = useState(false);
  const further = places.some((each) => each.name === name && each.group === groups[1]);
  return html`<nav class="side" aria-label="Places">
    <a class="brand" href="/ui/tables"><svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="var(--accent)" /><path d="M9 16.5l5 5 9-11" fill="none" stroke="var(--accent-ink)" stroke-width="3.5" stroke-linecap="round" stroke-linejoin="round" /></svg>orch</a>
    <div class="places">
      ${groups.map((group, index) => html`<div class=${classes("group", index > 0 && "wide-only")} role="group" aria-label=${group}><span class="group-name wide-only" aria-hidden="true">${group}</span><${Links} name=${name} group=${group} /></div>`)}
      <button class="place narrow-only" aria-haspopup="dialog" data-current=${further ? "" : undefined} onClick=${() => showMore(true)}><${Icon} name="more" />More</button>
    </div>
    <div class="foot">
      <${Live} />
      <${Who} />
      <div class="bar"><${Theme} /><button class="button quiet tiny" onClick=${help}>Keys</button></div>
    </div>
    ${more && html`<${More} name=${name} help=${help} onClose=${() => showMore(false)} />`}
  </nav>`;
}

/** @param {() => void} help */
function useKeys(help) {
  useEffect(() => {
    let before = "";
    /** @param {KeyboardEvent} event */
    const press = (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, textarea, select, dialog")) return;
      const place = before === "g" ? places.find((each) => each.key === event.key) : undefined;
      before = event.key;
      if (place) {
        event.preventDefault();
        go(`/ui/${place.name}`);
      } else if (event.key === "/") {
        event.preventDefault();
        /** @type {HTMLElement | null} */ (document.querySelector("[data-search]"))?.focus();
      } else if (event.key === "?") {
        help();
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

function App() {
  const { path, query } = usePlace();
  const name = path[0] ?? "tables";
  const place = places.find((each) => each.name === name);
  const [keys, showKeys] = useState(false);
  const [stranger, setStranger] = useState(false);
  useEffect(() => {
    const found = () => setStranger(true);
    strangers.add(found);
    return () => { strangers.delete(found); };
  }, []);
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  const first = useRef(true);
  useKeys(() => showKeys(true));
  const title = [path.slice(1).join(" "), place?.title, "orch"].filter(Boolean).join(" · ");
  useEffect(() => {
    document.title = title;
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path.join("/")]);
  if (stranger || name === "sign-in") return html`<${Login} />`;
  return html`
    <a class="skip" href="#main">Skip to the content</a>
    <div class="frame">
      <${Side} name=${name} help=${() => showKeys(true)} />
      <main class="page" id="main" tabindex="-1" ref=${main}>
        <${CutOff} />
        ${place ? html`<${place.screen} key=${name} path=${path.slice(1)} query=${query} />`
          : html`<${Empty} title="There is no such page">Nothing has the address <code>${location.pathname}</code>. <a href="/ui/tables">Tables</a> shows how everything is.<//>`}
      </main>
    </div>
    ${keys && html`<${Keys} onClose=${() => showKeys(false)} />`}
    <${Toasts} />`;
}

const root = document.getElementById("app");
if (root) render(html`<${App} />`, root);
