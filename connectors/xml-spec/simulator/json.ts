/**
 * Writes an answer as JSON, as public clients have seen it: one top key, every key in lower case, a repeated element is an array only when
 * there are two or more. Attributes become keys and an empty element is `""`: both are assumed, nobody has shown either.
 */
import type { Element } from './element.ts'

export function writeJson(root: Element): string {
  return JSON.stringify({ [root.name.toLowerCase()]: value(root) })
}

type Value = string | { [key: string]: Value | Value[] }

function value(element: Element): Value {
  const made: Record<string, Value | Value[]> = {}
  let isEmpty = true
  for (const [name, text] of Object.entries(element.attributes ?? {})) {
    made[name.toLowerCase()] = text
    isEmpty = false
  }
  for (const child of element.children ?? []) {
    const key = child.name.toLowerCase()
    const before = made[key]
    const next = value(child)
    if (before === undefined) made[key] = next
    else if (Array.isArray(before)) before.push(next)
    else made[key] = [before, next]
    isEmpty = false
  }
  return isEmpty ? (element.text ?? '') : made
}
