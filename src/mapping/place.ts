/** Finds a field of the target for something that has none yet, or drafts a new one. */
import { STANDARD_FIELDS, type ValueType } from '../model/field.ts'
import type { FieldDefinition, FieldOption } from '../model/vocabulary.ts'
import { conversion } from './convert.ts'
import type { DraftedField } from './mapping.ts'
import { labelKey } from './names.ts'

export interface Wish {
  readonly label: string
  readonly type: ValueType
  readonly options: readonly FieldOption[] | null
  /** The key wished for; null: made from the label. */
  readonly name: string | null
  readonly onlyIfUsed: boolean
}

export interface Places {
  readonly drafts: readonly DraftedField[]
  /** Marks a target path as written by a rule; false: another rule writes it already. */
  take(path: string): boolean
  isTaken(path: string): boolean
  /** Takes the field that it gives. null: none fits and none can be created. */
  place(wish: Wish): FieldDefinition | null
  /** Takes a field of this label whose type holds only some of the values: "Children" as a number, for a text. null: there is none. */
  placeTyped(wish: Pick<Wish, 'label' | 'type'>): FieldDefinition | null
}

export interface PlacesParts {
  readonly fields: readonly FieldDefinition[]
  readonly canCreate: boolean
  /** The source's name: tells a new field from one of the same label and another type. */
  readonly sourceTitle: string
}

/**
 * A field of the same label and fitting type is used before one is drafted, also under the label that an earlier run would have given
 * its draft: so a second run finds what the first one made, whatever type the platform made of it.
 */
export function placesOf(parts: PlacesParts): Places {
  const taken = new Set<string>()
  const drafts: DraftedField[] = []
  const byLabel = Map.groupBy(parts.fields, ({ label }) => labelKey(label))
  // What is called "Preferred locale" there is called "Language" where an earlier sync had to make it.
  const byOurLabel = new Map(
    parts.fields.flatMap((field) => {
      const label = STANDARD_FIELDS[field.path]?.label
      return label === undefined ? [] : [[labelKey(label), field] as const]
    }),
  )
  const names = new Set(
    parts.fields.flatMap(({ native, path }) => [nameKey(native), nameKey(path)]),
  )
  const wished = new Set<string>()
  const drafted = new Set<string>()
  const textMax = textLimit(parts.fields)

  const called = (label: string): readonly FieldDefinition[] => {
    const ours = byOurLabel.get(labelKey(label))
    const all = [...(byLabel.get(labelKey(label)) ?? []), ...(ours === undefined ? [] : [ours])]
    return all.filter(({ path, writable }) => writable && !taken.has(path))
  }

  const usable = (label: string, wish: Wish, isOurs: boolean): FieldDefinition | undefined => {
    const free = called(label)
    const fits = (level: readonly string[]): FieldDefinition | undefined =>
      free.find(({ type }) => level.includes(conversion(wish.type, type).fit))
    return (
      free.find(({ type }) => type === wish.type) ?? fits(isOurs ? ['exact', 'lossy'] : ['exact'])
    )
  }

  const draft = (label: string, wish: Wish): FieldDefinition => {
    const name = freeName(wish.name ?? slug(label), names)
    names.add(nameKey(name))
    drafted.add(labelKey(label))
    const definition: FieldDefinition = {
      path: `custom.new:${name}`,
      native: name,
      label,
      type: wish.type,
      readable: true,
      writable: true,
      maxLength: wish.type === 'text' ? textMax : null,
      options: wish.options,
      isUnique: false,
      isRequired: false,
    }
    const { type, options } = wish
    drafts.push({ definition, draft: { label, name, type, options }, onlyIfUsed: wish.onlyIfUsed })
    return definition
  }

  return {
    drafts,
    take(path) {
      if (taken.has(path)) return false
      taken.add(path)
      return true
    },
    isTaken: (path) => taken.has(path),
    placeTyped({ label, type }) {
      const free = called(label)
      const found = free.some((field) => isWhole(type, field.type))
        ? undefined
        : free.find((field) => holdsSome(type, field.type))
      if (found !== undefined) taken.add(found.path)
      return found ?? null
    },
    place(wish) {
      const isRepeated = wished.has(labelKey(wish.label))
      wished.add(labelKey(wish.label))
      for (const label of labels(wish.label, isRepeated ? null : parts.sourceTitle)) {
        const isOurs = label !== wish.label
        const existing = usable(label, wish, isOurs)
        const isFree = !byLabel.has(labelKey(label)) && !drafted.has(labelKey(label))
        const found = existing ?? (isFree && parts.canCreate ? draft(label, wish) : undefined)
        if (found !== undefined) {
          taken.add(found.path)
          return found
        }
      }
      const last = parts.canCreate ? undefined : usable(wish.label, wish, true)
      if (last !== undefined) taken.add(last.path)
      return last ?? null
    },
  }
}

/** Whether every value of one type arrives in the other, whatever a platform may check. */
function isWhole(from: ValueType, to: ValueType): boolean {
  if (from === to) return true
  return conversion(from, to).fit === 'exact' && (ANY_TEXT.has(to) || !ANY_TEXT.has(from))
}

function holdsSome(from: ValueType, to: ValueType): boolean {
  return !isWhole(from, to) && conversion(from, to).fit !== 'none'
}

const ANY_TEXT: ReadonlySet<ValueType> = new Set(['text', 'longtext', 'html'])

const LABELS_MAX = 99

function* labels(label: string, sourceTitle: string | null): Generator<string> {
  yield label
  if (sourceTitle !== null) yield `${label} (${sourceTitle})`
  for (let number = 2; number <= LABELS_MAX; number++) yield `${label} (${number})`
}

function freeName(name: string, names: ReadonlySet<string>): string {
  let candidate = name
  for (let number = 2; names.has(nameKey(candidate)); number++) candidate = `${name}_${number}`
  return candidate
}

function nameKey(name: string): string {
  return name
    .toLowerCase()
    .replace(/^custom\./, '')
    .replace(/[^\p{L}\p{N}]/gu, '')
}

function slug(label: string): string {
  const plain = label.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const name = plain.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '')
  return name === '' ? 'field' : name
}

/** A new text field will hold what the existing ones hold; null: they state no limit. */
function textLimit(fields: readonly FieldDefinition[]): number | null {
  const limits = fields.filter(({ type, writable }) => type === 'text' && writable)
  const known = limits.flatMap(({ maxLength }) => (maxLength === null ? [] : [maxLength]))
  return known.length === 0 || known.length < limits.length ? null : Math.max(...known)
}
