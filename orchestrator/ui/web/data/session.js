// Who asks, and what they may do.
import { useEffect, useState } from "preact/hooks";
import { ask } from "./api.js";

/** @typedef {{name: string, role: string, how: string, csrf?: string, sign_in?: {label: string, address: string}}} Session */

const roles = ["none", "viewer", "operator", "approver", "editor", "admin"];
/** @type {Promise<Session> | null} */
let known = null;

/** @returns {Promise<Session>} */
export function session() {
  known ??= ask("/session").catch((/** @type {any} */ problem) => {
    known = null;
    throw problem;
  });
  return /** @type {Promise<Session>} */ (known);
}

/** The next one who wants to know is told anew. */
export const forget = () => { known = null; };

/**
 * Whether the role includes another.
 * @param {Session | null} who
 * @param {string} role
 */
export const may = (who, role) => who !== null && roles.indexOf(who.role) >= roles.indexOf(role);

/** @returns {Session | null} null: not known yet */
export function useSession() {
  const [who, set] = useState(/** @type {Session | null} */ (null));
  useEffect(() => {
    let over = false;
    session().then((found) => { if (!over) set(found); }, () => {});
    return () => { over = true; };
  }, []);
  return who;
}
