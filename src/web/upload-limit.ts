/** @module How large a patch may be that is given to a server, and what whoever gave a larger one is told. */

/** Bytes of an upload: a long series; a whole archive is none. */
export const UPLOAD_MAX = 1024 * 1024;

/** The same in words. */
export const UPLOAD_LIMIT = '1 MB';

/** What is said to more than that, with the way out. */
export const TOO_LARGE = `More than ${UPLOAD_LIMIT} (${UPLOAD_MAX} bytes): give one series by itself, or review it where it is, with kcovet review FILE.`;
