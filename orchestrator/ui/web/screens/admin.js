// Who may use the server, what they did, and how its store is.
import { html } from "../html.js";
import { may, useSession } from "../data/session.js";
import { Empty, Head, Skeleton, Tabs } from "../parts/basics.js";
import { Audit } from "./admin_audit.js";
import { Store } from "./admin_store.js";
import { Tokens } from "./admin_tokens.js";

const tabs = [
  { name: "Who may", path: "", role: "admin", part: Tokens },
  { name: "Audit log", path: "audit", role: "admin", part: Audit },
  { name: "Store", path: "store", role: "viewer", part: Store },
];

/** @param {{path: string[], query: URLSearchParams}} props */
export function Admin({ path, query }) {
  const who = useSession();
  const tab = tabs.find((each) => each.path === (path[0] ?? "")) ?? tabs[0];
  const refused = who !== null && !may(who, tab.role);
  return html`<${Head} title="Admin" lead="Who may use this server, what they did, and how its store is." />
    <${Tabs} label="Admin" tabs=${tabs.map((each) => ({ name: each.name, href: each.path ? `/ui/admin/${each.path}` : "/ui/admin", current: each === tab }))} />
    ${refused ? html`<div class="card"><${Empty} title=${`This takes the role ${tab.role}`}>You are ${who.name}, ${who.role}. The store is for every role.<//></div>`
      : who ? html`<${tab.part} query=${query} />` : html`<${Skeleton} />`}`;
}
