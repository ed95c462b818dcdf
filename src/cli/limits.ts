/** How much one process does at once. */

/** Slices worked at the same time; the pacer of each connection decides what leaves. */
export const CONCURRENCY = 4
