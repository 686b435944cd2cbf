// Markup as tagged templates: html`<p>${text}</p>`. Values are text, never markup.
import htm from "htm";
import { h } from "preact";

export const html = htm.bind(h);

/**
 * The names that are given, as one class attribute.
 * @param {...(string | false | null | undefined)} names
 */
export const classes = (...names) => names.filter(Boolean).join(" ");
