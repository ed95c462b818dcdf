/** Finds the field that a mapping names: by canonical path, by the platform's own name, by custom key or by label. */
import { ADDRESS_KINDS, ADDRESS_PARTS, STANDARD_FIELDS } from '../model/field.ts'
import type { FieldDefinition } from '../model/vocabulary.ts'
import { didYouMean } from './nearest.ts'

export type Found =
  | { readonly kind: 'found'; readonly definition: FieldDefinition }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly FieldDefinition[] }
  | { readonly kind: 'missing'; readonly hint: string }

export interface Names {
  find(name: string): Found
}

/**
 * Exact spellings win over the same without regard to case, paths over native names, names over labels. A label that several fields
 * share is ambiguous; a path or native name never is.
 */
export function namesOf(definitions: readonly FieldDefinition[]): Names {
  // Made when the tiers before it know nothing: the last ones are dear, and most names are exact.
  const tiers: readonly Tier[] = [
    { spell: same, known: lazily(() => index(definitions, ({ path }) => [path])) },
    { spell: same, known: lazily(() => index(definitions, ({ native }) => [native])) },
    { spell: same, known: lazily(() => index(definitions, ({ native }) => [`custom.${native}`])) },
    {
      spell: (name) => name.toLowerCase(),
      known: lazily(() =>
        index(definitions, ({ path, native }) => [path.toLowerCase(), native.toLowerCase()]),
      ),
    },
    {
      spell: same,
      known: lazily(() => index(definitions, ({ label }) => [label, `custom.${label}`])),
    },
    {
      spell: foldedName,
      known: lazily(() =>
        index(definitions, ({ label }) => [labelKey(label), `custom.${labelKey(label)}`]),
      ),
    },
  ]
  return {
    find(name) {
      for (const { spell, known } of tiers) {
        const [first, ...more] = new Set(known().get(spell(name)) ?? [])
        if (first === undefined) continue
        if (more.length === 0) return { kind: 'found', definition: first }
        return { kind: 'ambiguous', candidates: [first, ...more] }
      }
      const words = definitions.flatMap(({ path, native, label }) => [path, native, label])
      return { kind: 'missing', hint: didYouMean(name, [...new Set(words)]) }
    },
  }
}

/** Labels that people take for the same: without case, accents, blanks and punctuation. */
export function labelKey(label: string): string {
  const folded = label.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const key = folded.replace(/[^\p{L}\p{N}]/gu, '')
  return key === '' ? folded : key
}

/** Whether a name is canonical although an account may not have it: `phones.home`, `emails.4`, `socials.xing`. */
export function isCanonical(name: string): boolean {
  return Object.hasOwn(STANDARD_FIELDS, name) || OPEN_PATH.test(name)
}
const OPEN_PATH = new RegExp(
  [
    '^emails\\.[1-9]$',
    '^phones\\.[^.\\s]+(?:\\.[2-9])?(?:\\.extension)?$',
    '^socials\\.[^.\\s]+$',
    `^addresses\\.(?:${ADDRESS_KINDS.join('|')})\\.(?:${ADDRESS_PARTS.join('|')})$`,
  ].join('|'),
)

interface Tier {
  readonly spell: (name: string) => string
  readonly known: () => ReadonlyMap<string, readonly FieldDefinition[]>
}

function same(name: string): string {
  return name
}

function foldedName(name: string): string {
  const bare = name.startsWith('custom.') ? name.slice('custom.'.length) : name
  return name === bare ? labelKey(name) : `custom.${labelKey(bare)}`
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly it: T } | null = null
  return () => {
    made ??= { it: make() }
    return made.it
  }
}

function index(
  definitions: readonly FieldDefinition[],
  keysOf: (definition: FieldDefinition) => readonly string[],
): ReadonlyMap<string, readonly FieldDefinition[]> {
  const known = new Map<string, FieldDefinition[]>()
  for (const definition of definitions) {
    for (const key of keysOf(definition)) {
      const there = known.get(key)
      if (there === undefined) known.set(key, [definition])
      else there.push(definition)
    }
  }
  return known
}
