/** The keys of a document, sorted. */
export function keys(document: unknown): readonly string[] {
  return Object.keys(document as object).sort()
}
