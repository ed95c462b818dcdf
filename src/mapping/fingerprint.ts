/** One hash over everything that decides what a mapping does. */
import { digest } from '../model/hash.ts'
import { NORM_VERSION } from '../model/norm.ts'

/** Raised when the same mapping would compile to other values. */
const COMPILER_VERSION = 1

/** Hexadecimal SHA-256 over canonical JSON: keys sorted, no blanks, undefined members left out. */
export function fingerprint(facts: unknown): string {
  return digest(canonical({ facts, norm: NORM_VERSION, compiler: COMPILER_VERSION }))
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
