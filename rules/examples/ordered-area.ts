/** @module The end of a section with its entries written before the count, for other CPUs too, as edits of the printed model of v5.5. */
import type { Edit } from './interrupt-sections.js';

export const orderedArea: readonly Edit[] = [
  { find: '\tentries_moved = bytes_to_move >> entry_size_log;\n', replace: '\tentries_moved = bytes_to_move >> entry_size_log;\n\tsmp_wmb();\n' },
];
