/** What an answer is made of before it becomes XML or JSON. */

export interface Element {
  readonly name: string
  readonly attributes?: Readonly<Record<string, string>>
  /** Either text or children. */
  readonly text?: string
  /** Read once: a long list is made while it is written. */
  readonly children?: Iterable<Element>
  /** Its start tag lacks the `>` (fact sheet, quirk 1). */
  readonly isUnclosed?: boolean
}

export function leaf(name: string, value: string | number): Element {
  return { name, text: String(value) }
}
export function branch(name: string, children: Iterable<Element>): Element {
  return { name, children }
}
