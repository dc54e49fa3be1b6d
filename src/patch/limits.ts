/**
 * @module How much input is read. A submission beyond these is no patch a person reviews; the part inside the limits is
 * still read and a problem names the limit, so that time and memory stay bounded whatever is fed in.
 */

/** Bytes of one input that are read; the rest is ignored with a problem. */
export const inputBytesMax = 20 * 1024 * 1024;

/** Lines of one input that are read. */
export const inputLinesMax = 250_000;

/** Hunks of one input that are read. */
export const hunksMax = 10_000;

/** Files of one diff that are read. */
export const filesMax = 10_000;

/** Messages of one mbox that are read. */
export const messagesMax = 2_000;

/** Problems that are listed one by one; what is more is counted in a last one. */
export const problemsMax = 100;
