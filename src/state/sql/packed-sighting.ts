/**
 * A sighting as it is staged. A scan asks for the same fields of every contact, so most contacts of a page have the same paths: those stand once in
 * `staged_shapes`, and a contact has only its values. One whose paths few others have is written out.
 */
import { digest } from '../../model/hash.ts'
import type { FieldPath, FieldValue } from '../../model/field.ts'
import type { Sighting } from '../../model/sighting.ts'
import { fromJson, toJson } from './access.ts'

type Told = Pick<Sighting, 'tags' | 'groups' | 'consents'>
/** Place of a path, value, place, value: only what is not known to be empty. */
type Filled = readonly (number | FieldValue)[]
type Packed = readonly [
  shape: string,
  filled: Filled,
  id: Sighting['id'],
  version: Sighting['version'],
  createdAt: Sighting['createdAt'],
  updatedAt: Sighting['updatedAt'],
  told: Told,
]
/** A staged contact read back, whose paths may still have to be looked up. */
export type ReadSighting = Sighting | Packed

interface Shape {
  readonly paths: readonly FieldPath[]
  readonly name: string
  /** Places in the page. */
  readonly shared: { readonly at: number; readonly filled: Filled }[]
}
interface ReadShape {
  readonly paths: readonly FieldPath[]
  /** All its fields, empty: to be copied and filled in, which costs a fraction of adding field by field. */
  readonly empty: Sighting['fields']
}

/** Texts in the order of the sightings, and the paths of the shapes that they use by name. */
export function packSightings(sightings: readonly Sighting[]): {
  readonly texts: readonly string[]
  readonly shapes: ReadonlyMap<string, string>
} {
  const shapes: Shape[] = []
  for (const [at, { fields }] of sightings.entries()) enter(shapes, fields, at)
  const used = shapes.filter(({ shared }) => shared.length >= SHARED_MIN)
  const texts: string[] = []
  for (const { name, shared } of used)
    for (const { at, filled } of shared) texts[at] = textOf(sightings[at], name, filled)
  for (const [at, sighting] of sightings.entries()) texts[at] ??= toJson(sighting)
  return { texts, shapes: new Map(used.map(({ name, paths }) => [name, toJson(paths)])) }
}

export function readSighting(text: string): ReadSighting {
  return fromJson<ReadSighting>(text)
}

export function shapeName(read: ReadSighting): string | null {
  return isPacked(read) ? read[0] : null
}

/** From its row. */
export function shapeOf(text: string): ReadShape {
  const paths = fromJson<FieldPath[]>(text)
  const empty = paths.map((path) => `${toJson(path)}:null`)
  return { paths, empty: fromJson<Sighting['fields']>(`{${empty.join(',')}}`) }
}

/** `shapes` by name. Throws where one is missing. */
export function unpackSighting(
  read: ReadSighting,
  shapes: ReadonlyMap<string, ReadShape>,
): Sighting {
  if (!isPacked(read)) return read
  const [name, filled, id, version, createdAt, updatedAt, told] = read
  const shape = shapes.get(name)
  if (shape === undefined) throw new Error(`the state has lost the shape ${name} of a scan`)
  const fields: Record<FieldPath, FieldValue> = { ...shape.empty }
  for (let at = 0; at < filled.length; at += 2)
    fields[shape.paths[filled[at] as number] as FieldPath] = filled[at + 1] as FieldValue
  return { id, version, createdAt, updatedAt, fields, ...told }
}

/** Shapes of one page that are looked for, and contacts that must share one for it to be worth its row. */
const SHAPES_MAX = 8
const SHARED_MIN = 8
/** Hexadecimal: 48 bits, for a few shapes of a scan. */
const NAME_CHARACTERS = 12

function isPacked(read: ReadSighting): read is Packed {
  return Array.isArray(read)
}

function textOf(sighting: Sighting | undefined, shape: string, filled: Filled): string {
  if (sighting === undefined) return ''
  const { id, version, createdAt, updatedAt, tags, groups, consents } = sighting
  const told = { tags, groups, consents } as Told
  return toJson([shape, filled, id, version, createdAt, updatedAt, told] satisfies Packed)
}

/** Into the shape that it has, a new one when need be; into none where the page has too many of them. */
function enter(shapes: Shape[], fields: Sighting['fields'], at: number): void {
  for (const { paths, shared } of shapes) {
    const filled = filledIn(fields, paths)
    if (filled === null) continue
    shared.push({ at, filled })
    return
  }
  if (shapes.length === SHAPES_MAX) return
  const paths = Object.keys(fields)
  const name = digest(toJson(paths)).slice(0, NAME_CHARACTERS)
  shapes.push({ paths, name, shared: [{ at, filled: filledIn(fields, paths) ?? [] }] })
}

/** null: it has other paths. */
function filledIn(fields: Sighting['fields'], paths: readonly FieldPath[]): Filled | null {
  const filled: (number | FieldValue)[] = []
  let place = 0
  for (const path in fields) {
    if (paths[place] !== path) return null
    const value = fields[path] ?? null
    if (value !== null) filled.push(place, value)
    place += 1
  }
  return place === paths.length ? filled : null
}
