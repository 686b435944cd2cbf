// Where the states of a definition are drawn: in ranks from the start, the inside of Map and Parallel
// states in boxes, with few crossings.

/**
 * @typedef {{name: string, type: string, x: number, y: number, width: number, height: number, inner: Picture[]}} Node
 * @typedef {{from: string, to: string, kind: string, points: {x: number, y: number}[]}} Edge
 * @typedef {{width: number, height: number, nodes: Node[], edges: Edge[]}} Picture
 */

const rankGap = 44;
const sideGap = 28;
const pad = 16;
const title = 40;

/**
 * Where each state can go, in the order of the definition.
 * @param {any} state
 * @returns {{to: string, kind: string}[]}
 */
export function exits(state) {
  const out = [];
  if (state.Next) out.push({ to: state.Next, kind: "next" });
  for (const choice of state.Choices ?? []) if (choice.Next) out.push({ to: choice.Next, kind: "choice" });
  if (state.Default) out.push({ to: state.Default, kind: "default" });
  for (const handler of state.Catch ?? []) if (handler.Next) out.push({ to: handler.Next, kind: "catch" });
  const seen = new Set();
  return out.filter((each) => !seen.has(each.to) && seen.add(each.to));
}

/** @param {any} state the machines inside it */
const machinesIn = (state) => [state.ItemProcessor, state.Iterator, ...(state.Branches ?? [])].filter(Boolean);

/**
 * Ranks by the longest way from the start; what leads back does not count.
 * @param {any} machine
 */
function ranksOf(machine) {
  /** @type {Map<string, number>} */
  const rank = new Map();
  /** @type {string[]} */
  const order = [];
  const open = new Set();
  const done = new Set();
  const back = new Set();
  /** @param {string} name */
  const visit = (name) => {
    open.add(name);
    for (const { to } of exits(machine.States[name] ?? {})) {
      if (!machine.States[to]) continue;
      if (open.has(to)) back.add(`${name}\n${to}`);
      else if (!done.has(to)) visit(to);
    }
    open.delete(name);
    done.add(name);
    order.unshift(name);
  };
  for (const name of [machine.StartAt, ...Object.keys(machine.States)]) if (machine.States[name] && !done.has(name)) visit(name);
  for (const name of order) rank.set(name, 0);
  for (const name of order) {
    for (const { to } of exits(machine.States[name])) {
      if (rank.has(to) && !back.has(`${name}\n${to}`)) rank.set(to, Math.max(rank.get(to) ?? 0, (rank.get(name) ?? 0) + 1));
    }
  }
  return { rank, back };
}

/** @param {string} name @param {any} state @returns {Node} */
function nodeOf(name, state) {
  const inner = machinesIn(state).map(layout);
  const text = Math.max(name.length * 7.6 + 36, 92);
  if (inner.length === 0) return { name, type: state.Type, x: 0, y: 0, width: text, height: 46, inner };
  const width = inner.reduce((sum, each) => sum + each.width, 0) + sideGap * (inner.length - 1) + 2 * pad;
  return { name, type: state.Type, x: 0, y: 0, width: Math.max(width, text), height: Math.max(...inner.map((each) => each.height)) + title + pad, inner };
}

/** @typedef {{id: string, width: number, height: number, x: number, rank: number, up: Slot[], down: Slot[], node: Node | null}} Slot */

/** @param {Slot[][]} rows */
function order(rows) {
  for (let sweep = 0; sweep < 6; sweep += 1) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      /** @type {Map<Slot, number>} */
      const weight = new Map();
      row.forEach((slot, index) => {
        const others = down ? slot.up : slot.down;
        const places = others.map((other) => rows[other.rank].indexOf(other) / Math.max(1, rows[other.rank].length - 1 || 1));
        weight.set(slot, places.length ? places.reduce((a, b) => a + b, 0) / places.length : index / Math.max(1, row.length - 1));
      });
      row.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
    }
  }
}

/** @param {Slot[][]} rows */
function spread(rows) {
  const widths = rows.map((row) => row.reduce((sum, slot) => sum + slot.width, 0) + sideGap * (row.length - 1));
  const width = Math.max(...widths, 0);
  rows.forEach((row, index) => {
    let x = (width - widths[index]) / 2;
    for (const slot of row) {
      slot.x = x;
      x += slot.width + sideGap;
    }
  });
  return width;
}

/** @param {any} machine @returns {Picture} */
export function layout(machine) {
  const { rank, back } = ranksOf(machine);
  /** @type {Slot[][]} */
  const rows = [];
  /** @type {Map<string, Slot>} */
  const slots = new Map();
  /** @param {string} id @param {number} at @param {Node | null} node @returns {Slot} */
  const put = (id, at, node) => {
    const slot = { id, width: node?.width ?? 14, height: node?.height ?? 0, x: 0, rank: at, up: [], down: [], node };
    (rows[at] ??= []).push(slot);
    return slot;
  };
  for (const [name, at] of rank) slots.set(name, put(name, at, nodeOf(name, machine.States[name])));
  /** @type {{from: Slot, to: Slot, kind: string, way: Slot[], back: boolean}[]} */
  const links = [];
  for (const name of rank.keys()) {
    for (const { to, kind } of exits(machine.States[name])) {
      const from = slots.get(name);
      const end = slots.get(to);
      if (!from || !end) continue;
      const link = { from, to: end, kind, way: /** @type {Slot[]} */ ([]), back: back.has(`${name}\n${to}`) };
      let last = from;
      if (!link.back) {
        for (let at = from.rank + 1; at < end.rank; at += 1) {
          const bend = put(`${name}\n${to}\n${at}`, at, null);
          link.way.push(bend);
          last.down.push(bend);
          bend.up.push(last);
          last = bend;
        }
        last.down.push(end);
        end.up.push(last);
      }
      links.push(link);
    }
  }
  for (let at = 0; at < rows.length; at += 1) rows[at] ??= [];
  order(rows);
  const width = spread(rows);
  return draw(rows, links, width);
}

/**
 * @param {Slot[][]} rows
 * @param {{from: Slot, to: Slot, kind: string, way: Slot[], back: boolean}[]} links
 * @param {number} width
 * @returns {Picture}
 */
function draw(rows, links, width) {
  const tops = /** @type {number[]} */ ([]);
  let y = pad;
  for (const row of rows) {
    tops.push(y);
    y += Math.max(...row.map((slot) => slot.height), 8) + rankGap;
  }
  const backs = links.filter((link) => link.back).length;
  /** @param {Slot} slot */
  const middle = (slot) => pad + slot.x + slot.width / 2;
  const nodes = /** @type {Node[]} */ ([]);
  for (const row of rows) {
    for (const slot of row) {
      if (!slot.node) continue;
      slot.node.x = pad + slot.x;
      slot.node.y = tops[slot.rank];
      nodes.push(slot.node);
    }
  }
  let lane = 0;
  const edges = links.map((link) => {
    const start = { x: middle(link.from), y: tops[link.from.rank] + link.from.height };
    const end = { x: middle(link.to), y: tops[link.to.rank] };
    if (link.back) {
      lane += 1;
      const x = pad + width + lane * 16;
      return { from: link.from.id, to: link.to.id, kind: link.kind, points: [start, { x: start.x, y: start.y + 14 }, { x, y: start.y + 14 }, { x, y: end.y - 14 }, { x: end.x, y: end.y - 14 }, end] };
    }
    const bends = link.way.flatMap((slot) => [{ x: middle(slot), y: tops[slot.rank] }, { x: middle(slot), y: tops[slot.rank] + Math.max(...rows[slot.rank].map((each) => each.height), 8) }]);
    return { from: link.from.id, to: link.to.id, kind: link.kind, points: [start, ...bends, end] };
  });
  return { width: width + 2 * pad + backs * 16, height: y - rankGap + pad, nodes, edges };
}
