// What the catalog's pages say of entries, changes and plans.

/** @param {any} pipeline the file of its catalog, as its input names it */
export const catalogFile = (pipeline) => (typeof pipeline.document?.input?.catalog === "string" ? pipeline.document.input.catalog : "catalog.json");

/** @param {any} side source or target of an entry or a plan */
export function placeOf(side) {
  const table = side.query ? "(query)" : [side.schema, side.table].filter(Boolean).join(".");
  return { connection: side.connection, table: table || side.files?.path || "(files)" };
}

/** @param {any} check the words of its rule */
export function checkText(check) {
  const [rule, value] = Object.entries(check).find(([name]) => name !== "name") ?? ["", ""];
  const name = rule.replaceAll("_", " ");
  return rule === "sql" ? String(check.name) : `${name} ${Array.isArray(value) ? value.join(", ") : value}`;
}

const locks = /** @type {Record<string, string>} */ ({
  exchange: "readers and writers wait for a moment, while tables are exchanged", writers: "other writers of the table wait", rows: "other writers of the same rows wait",
  database: "other writers of the database wait", none: "no one else waits",
});

/** @param {any} plan who waits while it is published */
export const lockText = (plan) => locks[plan.lock] ?? plan.lock;

/** @param {any} plan of a table that is not refused @returns {{status: string, text: string}} */
export function planState(plan) {
  if (!plan.method) return { status: "waiting", text: "no files yet" };
  if (plan.publish === "unchanged") return { status: "skipped", text: "unchanged" };
  return { status: "succeeded", text: plan.creates ? "creates the table" : plan.publish };
}

/** @param {any} plan columns of which values may be refused or lost */
export const risks = (plan) => (plan.columns ?? []).filter((/** @type {any} */ column) => column.may_refuse || column.may_lose);
