/** One element of a document, whichever way it travelled: XML and JSON answers become the same tree. */

export interface Element {
  /** In lower case, so that XML (`Contact_id`) and JSON (`contact_id`) read alike. */
  readonly name: string
  /** Names in lower case. */
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  /** As it came, entities decoded; beside children, without the blanks of indentation. */
  readonly text: string
}

export const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({})
export const NO_CHILDREN: readonly Element[] = Object.freeze([])

/** The first child of that name, given in lower case. */
export function child(element: Element, name: string): Element | undefined {
  for (const one of element.children) if (one.name === name) return one
  return undefined
}

/** Trimmed text of a child; undefined: no such child. */
export function childText(element: Element, name: string): string | undefined {
  return child(element, name)?.text.trim()
}

/** The children of that name below a list element: `contacts` > `contact`. [] when either is missing. */
export function items(element: Element, list: string, name: string): readonly Element[] {
  const parent = child(element, list)
  return parent === undefined ? [] : parent.children.filter((one) => one.name === name)
}
