// The pictures of the places, drawn in one stroke width.
import { html } from "../html.js";

/** @type {Record<string, string>} */
const paths = {
  tables: "M2.5 4.5h15v11h-15zM2.5 8.5h15M8 8.5v7",
  grid: "M3 3h5v5H3zM12 3h5v5h-5zM3 12h5v5H3zM12 12h5v5h-5z",
  runs: "M4 3.5l12 6.5-12 6.5z",
  changes: "M10 3.5v6.5l4 2.5M10 17.5a7.5 7.5 0 100-15 7.5 7.5 0 000 15z",
  schedules: "M3 5h14v12H3zM3 8.5h14M7 3v3.5M13 3v3.5",
  catalog: "M4 3h9l3 3v11H4zM7 9h6M7 12.5h6",
  playground: "M7 5L2.5 10 7 15M13 5l4.5 5-4.5 5",
  connections: "M7 3v4M13 3v4M5 7h10v3a5 5 0 01-10 0zM10 15v3",
  admin: "M10 13a3 3 0 100-6 3 3 0 000 6zM10 2v2.5M10 15.5V18M2 10h2.5M15.5 10H18M4.3 4.3l1.8 1.8M13.9 13.9l1.8 1.8M15.7 4.3l-1.8 1.8M6.1 13.9l-1.8 1.8",
  more: "M5 10a1 1 0 11-2 0 1 1 0 012 0zM11 10a1 1 0 11-2 0 1 1 0 012 0zM17 10a1 1 0 11-2 0 1 1 0 012 0z",
  sun: "M10 14a4 4 0 100-8 4 4 0 000 8zM10 1.5V3.5M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6L16 16M16 4l-1.4 1.4M5.4 14.6L4 16",
  moon: "M16.5 12A7 7 0 018 3.5 7 7 0 1016.5 12z",
};

/** @param {{name: string}} props */
export const Icon = ({ name }) => html`<svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor"
  stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"><path d=${paths[name]} /></svg>`;
