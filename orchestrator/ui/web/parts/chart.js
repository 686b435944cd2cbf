// A line over time, drawn by uPlot in the colours of the page.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { html } from "../html.js";
import { moment } from "../data/format.js";

/** @param {string} name */
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * @param {{label: string, times: number[], values: (number | null)[], format: (value: number) => string}} props
 *   times in seconds, rising
 */
export function Chart({ label, times, values, format }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const text = JSON.stringify([times, values]);
  useEffect(() => {
    const place = element.current;
    if (!place) return undefined;
    /** @type {uPlot | null} */
    let chart = null;
    const draw = () => {
      chart?.destroy();
      const axis = { stroke: token("--ink-soft"), grid: { stroke: token("--line"), width: 1 }, ticks: { show: false }, font: `12px ${token("--sans")}` };
      chart = new uPlot({
        width: place.clientWidth, height: 190, cursor: { y: false }, legend: { show: false },
        scales: { y: { range: (_chart, min, max) => [Math.min(0, min ?? 0), (max || 1) * 1.1] } },
        axes: [{ ...axis, space: 90, size: 30, values: (_chart, ticks) => ticks.map((tick) => moment(new Date(tick * 1000).toISOString(), ticks.length > 1 && ticks[1] - ticks[0] < 60)) }, { ...axis, size: 72, values: (_chart, ticks) => ticks.map((tick) => format(tick)) }],
        series: [{}, { stroke: token("--accent"), width: 2, fill: `${token("--accent")}22`, points: { show: true, size: 6, fill: token("--accent") }, spanGaps: true }],
      }, /** @type {uPlot.AlignedData} */ ([times, values]), place);
    };
    draw();
    const resize = new ResizeObserver(() => { if (chart && place.clientWidth !== chart.width) chart.setSize({ width: place.clientWidth, height: 190 }); });
    resize.observe(place);
    const themes = new MutationObserver(draw);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      resize.disconnect();
      themes.disconnect();
      chart?.destroy();
    };
  }, [text]);
  const known = values.filter((value) => value !== null);
  const last = known.length > 0 ? format(/** @type {number} */ (known[known.length - 1])) : "none";
  return html`<div class="chart" ref=${element} role="img" aria-label=${`${label}: ${known.length} values, the latest ${last}`} />`;
}
