/**
 * Reads a JSON answer as the elements it stands for. Only a fallback: keys are in lower case there, and an element that occurs once is a bare
 * object where two would be an array (fact sheet, "JSON form"). How attributes look is not known; they become children.
 */
import { type Element, NO_ATTRIBUTES, NO_CHILDREN } from './element.ts'

/** null: not an object with one root of the name that ends in `response`, or not JSON at all. */
export function readJson(body: string): Element | null {
  const value = parsed(body)
  if (!isObject(value)) return null
  const [entry, second] = Object.entries(value)
  if (entry === undefined || second !== undefined || !/response$/i.test(entry[0])) return null
  return element(entry[0], entry[1], 0)
}

const DEPTH_MAX = 64

function element(name: string, value: unknown, depth: number): Element | null {
  const folded = name.toLowerCase()
  if (value === null || value === undefined) return leaf(folded, '')
  if (typeof value === 'string') return leaf(folded, value)
  if (typeof value === 'number' || typeof value === 'boolean') return leaf(folded, String(value))
  if (!isObject(value) || depth > DEPTH_MAX) return null
  const children: Element[] = []
  for (const [key, inner] of Object.entries(value)) {
    for (const one of Array.isArray(inner) ? inner : [inner]) {
      const child = element(key, one, depth + 1)
      if (child === null) return null
      children.push(child)
    }
  }
  return { name: folded, attributes: NO_ATTRIBUTES, children, text: '' }
}

function leaf(name: string, text: string): Element {
  return { name, attributes: NO_ATTRIBUTES, children: NO_CHILDREN, text }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // Whatever it is, it is no answer of this platform; the caller says so.
    return null
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
