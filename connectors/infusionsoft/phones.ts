/** Five numbered phone slots there, phones by type here: reading them, and placing values without moving what is in them. Pure. (Quirk 20.) */
import type { Fields, FieldPath, FieldValue } from '../../src/model/field.ts'
import type { FieldDefinition } from '../../src/model/vocabulary.ts'
import type { Cell, Cells, Row } from './schema.ts'

export interface PhoneSlot {
  readonly number: string
  /** The platform's word: `Work`, `Mobile`, ''. */
  readonly type: string
  readonly extension: string
}

export const SLOTS = [1, 2, 3, 4, 5] as const
export const PHONE_COLUMNS: readonly string[] = SLOTS.flatMap((slot) => [
  `Phone${slot}`,
  `Phone${slot}Type`,
  `Phone${slot}Ext`,
])
export const EMPTY_SLOTS: readonly PhoneSlot[] = SLOTS.map(() => ({
  number: '',
  type: '',
  extension: '',
}))

const WORDS: Readonly<Record<string, string>> = {
  main: '',
  mobile: 'Mobile',
  work: 'Work',
  home: 'Home',
  other: 'Other',
}
const TYPES = Object.keys(WORDS)

/** All five numbers may be of one type. */
export const PHONE_FIELDS: readonly FieldDefinition[] = SLOTS.flatMap((place) =>
  TYPES.flatMap((type) => definitionsOf(type, place)),
)
/** What is told as empty where it is: a third number of one type is rare, and said only where there is one. */
export const USUAL_PHONES: readonly FieldPath[] = PHONE_FIELDS.map(({ path }) => path).filter(
  (path) => !/\.[3-9](?:\.extension)?$/.test(path),
)

export function isPhone(path: FieldPath): boolean {
  return path.startsWith('phones.')
}

export function slotsOf(row: Row): readonly PhoneSlot[] {
  const text = (column: string) => String(row[column] ?? '')
  return SLOTS.map((slot) => ({
    number: text(`Phone${slot}`),
    type: text(`Phone${slot}Type`),
    extension: text(`Phone${slot}Ext`),
  }))
}

/** Calls `tell` for every number and extension that is there. An extension without a number is not one. */
export function readPhones(
  slots: readonly PhoneSlot[],
  tell: (path: FieldPath, value: string) => void,
): void {
  for (const { slot, path } of located(slots)) {
    tell(path, slot.number)
    if (slot.extension.trim() !== '') tell(`${path}.extension`, slot.extension)
  }
}

export type Placement =
  | { readonly kind: 'placed'; readonly cells: Cells }
  | { readonly kind: 'problem'; readonly path: FieldPath; readonly message: string }

/** Puts the `phones.*` of `fields` into slots: a number that is there stays in its slot, a new one takes a free slot, if possible of its type. */
export function placePhones(fields: Fields, slots: readonly PhoneSlot[]): Placement {
  const wished = wishes(fields)
  const now: PhoneSlot[] = [...slots]
  const at = new Map(located(slots).map(({ path, index }) => [path, index]))
  const placed = new Set<number>()
  for (const { path, type, value } of wished.numbers) {
    const index = at.get(path) ?? (value === '' ? null : freeSlot(now, type, placed))
    if (index === null) {
      if (value === '') continue
      return { kind: 'problem', path, message: 'all five phone slots of the contact are taken' }
    }
    const before = now[index] ?? EMPTY
    const keepsType = typeOf(before.type) === type
    now[index] = {
      number: value,
      type: keepsType ? before.type : wordOf(type),
      extension: value === '' || before.number === '' ? '' : before.extension,
    }
    at.set(path, index)
    if (value !== '') placed.add(index)
  }
  for (const { path, value } of wished.extensions) {
    const index = at.get(path)
    const before = index === undefined ? undefined : now[index]
    if (index === undefined || before === undefined || before.number === '') {
      if (value === '') continue
      return { kind: 'problem', path, message: 'an extension needs a number' }
    }
    now[index] = { ...before, extension: value }
  }
  return { kind: 'placed', cells: changedCells(slots, now) }
}

const EMPTY: PhoneSlot = { number: '', type: '', extension: '' }
const PATH = /^phones\.(.+?)(?:\.([2-9]))?(\.extension)?$/

interface Wish {
  /** Of the number, without `.extension`. */
  readonly path: FieldPath
  readonly type: string
  readonly index: number
  /** '' clears. */
  readonly value: string
}

/** Clearing comes first, since it makes room; then by type and index, so that `work` takes a lower slot than `work.2`. */
function wishes(fields: Fields): {
  readonly numbers: readonly Wish[]
  readonly extensions: readonly Wish[]
} {
  const numbers: Wish[] = []
  const extensions: Wish[] = []
  for (const [path, value] of Object.entries(fields)) {
    const match = PATH.exec(path)
    if (match === null) continue
    const [, type = '', index = '1', extension] = match
    const wish = {
      path: extension === undefined ? path : path.slice(0, -extension.length),
      type,
      index: Number(index),
      value: textOf(value),
    }
    if (extension === undefined) numbers.push(wish)
    else extensions.push(wish)
  }
  const order = (wish: Wish) => (TYPES.indexOf(wish.type) + TYPES.length) % (TYPES.length + 1)
  const rank = (wish: Wish) => (wish.value === '' ? 0 : 1)
  numbers.sort((a, b) => rank(a) - rank(b) || order(a) - order(b) || a.index - b.index)
  return { numbers, extensions }
}

function located(slots: readonly PhoneSlot[]) {
  const seen = new Map<string, number>()
  const found: { readonly slot: PhoneSlot; readonly index: number; readonly path: FieldPath }[] = []
  for (const [index, slot] of slots.entries()) {
    if (slot.number.trim() === '') continue
    const type = typeOf(slot.type)
    const count = (seen.get(type) ?? 0) + 1
    seen.set(type, count)
    found.push({ slot, index, path: count === 1 ? `phones.${type}` : `phones.${type}.${count}` })
  }
  return found
}

function freeSlot(
  slots: readonly PhoneSlot[],
  type: string,
  taken: ReadonlySet<number>,
): number | null {
  const free = [...slots.entries()].filter(
    ([index, slot]) => slot.number.trim() === '' && !taken.has(index),
  )
  const ofType = free.find(([, slot]) => slot.type !== '' && typeOf(slot.type) === type)
  const untyped = free.find(([, slot]) => slot.type === '')
  return (ofType ?? untyped ?? free[0])?.[0] ?? null
}

function changedCells(before: readonly PhoneSlot[], after: readonly PhoneSlot[]): Cells {
  const cells: Record<string, Cell> = {}
  const put = (column: string, old: string, value: string) => {
    if (old !== value) cells[column] = { as: 'text', value }
  }
  for (const [index, slot] of after.entries()) {
    const old = before[index] ?? EMPTY
    put(`Phone${index + 1}`, old.number, slot.number)
    put(`Phone${index + 1}Type`, old.type, slot.type)
    put(`Phone${index + 1}Ext`, old.extension, slot.extension)
  }
  return cells
}

function typeOf(word: string): string {
  const short = word.trim().toLowerCase().replaceAll('.', ' ')
  return short === '' ? 'main' : short
}

function wordOf(type: string): string {
  return WORDS[type] ?? `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`
}

function textOf(value: FieldValue): string {
  return typeof value === 'string' ? value : (value?.join(', ') ?? '')
}

function definitionsOf(type: string, place: number): FieldDefinition[] {
  const word = WORDS[type] === '' ? 'Phone' : `${WORDS[type]} phone`
  const label = place === 1 ? word : `${word} ${place}`
  const common = {
    readable: true,
    writable: true,
    maxLength: null,
    options: null,
    isUnique: false,
    isRequired: false,
  }
  const path = place === 1 ? `phones.${type}` : `phones.${type}.${place}`
  return [
    { ...common, path, native: label.replaceAll(' ', ''), label, type: 'phone' },
    {
      ...common,
      path: `${path}.extension`,
      native: `${label.replaceAll(' ', '')}Ext`,
      label: `${label} extension`,
      type: 'text',
    },
  ]
}
