/** @module Names that stand in a reconstructed function for what a patch does not show. No kernel has them. */

/** A call: statements that are not seen, after which the next ones shown are reached. */
export const GAP = '__kcovet_not_shown';
/** A call: the rest of the function is not seen. */
export const LOST = '__kcovet_rest_not_shown';
/** A condition: the head of a block is not seen. */
export const UNSEEN_BLOCK = '__kcovet_head_not_shown';
