// Words for a command line.

/** @param {string} text a word of a shell */
export const quoted = (text) => (/^[\w@.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
