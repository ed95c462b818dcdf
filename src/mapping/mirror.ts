/** A two-way mapping read from its other end: its rules backwards, so that somebody whom only the target knows is created at the source. */
import type { FieldDefinition } from '../model/vocabulary.ts'
import { isCustom } from '../model/field.ts'
import type { Elements } from './elements.ts'
import { elementsBack } from './elements-back.ts'
import type { CompiledMapping, CompiledRule, DraftedField, Mapping } from './mapping.ts'
import { labelKey, namesOf } from './names.ts'
import { shapeOf } from './new-field.ts'
import { AUTOMATIC, type Pairs } from './pair.ts'
import { type Places, placesOf } from './place.ts'
import type { MappingSide } from './side.ts'
import type { Pairing } from './workbench.ts'

/** What the source lacks for the way back: fields for those that only the target has, and a marker. */
export interface WayBack {
  readonly pairings: readonly Pairing[]
  readonly drafts: readonly DraftedField[]
  readonly marker: CompiledMapping['marker']
  readonly isMarkerDrafted: boolean
}

export function wayBack(mapping: Mapping, pairs: Pairs, sides: Sides): WayBack {
  const { from, to } = sides
  const places = placesOf({
    fields: from.catalog.fields,
    canCreate: from.capabilities.fields.create,
    sourceTitle: to.title,
  })
  const marker = markerAt(mapping, from, places)
  const pairings = mapping.customFields === 'auto' ? leftovers(mapping, pairs, sides, places) : []
  const { drafts } = places
  return {
    pairings,
    drafts,
    marker,
    isMarkerDrafted: drafts.some(({ definition }) => definition === marker),
  }
}

interface Sides {
  readonly from: MappingSide
  readonly to: MappingSide
}

function markerAt(mapping: Mapping, from: MappingSide, places: Places): FieldDefinition | null {
  if (mapping.marker === null) return null
  const found = namesOf(from.catalog.fields).find(mapping.marker)
  if (found.kind === 'found') return found.definition.writable ? found.definition : null
  if (!from.capabilities.fields.create) return null
  const label = mapping.marker.replace(/^custom\./, '')
  return places.place({ label, type: 'text', options: null, name: label, onlyIfUsed: true })
}

/** Custom fields of the target that nothing travels to: each gets a field at the source, made when somebody has a value for it. */
function leftovers(
  mapping: Mapping,
  pairs: Pairs,
  { from, to }: Sides,
  places: Places,
): readonly Pairing[] {
  if (!from.capabilities.fields.create) return []
  const marker = mapping.marker === null ? null : labelKey(mapping.marker)
  const taken = new Set(pairs.pairings.map(({ target }) => target.path))
  const labels = new Set(from.catalog.fields.map(({ label }) => labelKey(label)))
  const free = to.catalog.fields.filter(
    (one) =>
      isCustom(one.path) &&
      one.readable &&
      one.writable &&
      !taken.has(one.path) &&
      labelKey(one.label) !== marker &&
      // A field of this name that the mapping leaves behind is not made a second time.
      !labels.has(labelKey(one.label)),
  )
  return free.flatMap((target): readonly Pairing[] => {
    const label = target.label.trim() === '' ? target.native : target.label
    const shape = shapeOf(target.type, target.options)
    const source = places.place({ label, ...shape, name: null, onlyIfUsed: true })
    if (source === null || !source.path.startsWith('custom.new:')) return []
    return [
      {
        rule: AUTOMATIC,
        place: target.path,
        sources: [source],
        target,
        isTaken: null,
        extensions: [null],
        isStrict: false,
        insteadOf: null,
        part: null,
      },
    ]
  })
}

export function mirrorOf(
  mapping: Mapping,
  compiled: Omit<CompiledMapping, 'mirror'>,
  parts: Sides & { readonly back: WayBack; readonly elements: Elements },
): CompiledMapping {
  const { from, back, elements } = parts
  const { tags, groups } = from.catalog
  return {
    ...compiled,
    rules: compiled.rules.flatMap(mirrored),
    fieldDrafts: back.drafts,
    marker: back.marker,
    isMarkerDrafted: back.isMarkerDrafted,
    ...elementsBack({ mapping, elements, tags, groups, source: from.capabilities }),
    mirror: null,
  }
}

function mirrored(rule: CompiledRule): readonly CompiledRule[] {
  const { reverse, owner, conflict } = rule
  if (reverse === null || owner === 'from') return []
  return [
    {
      to: reverse.to,
      definition: reverse.definition,
      from: [rule.to],
      title: reverse.title,
      blank: rule.blank,
      owner: owner === 'to' ? 'from' : owner,
      conflict: conflict === 'from' ? 'to' : conflict === 'to' ? 'from' : conflict,
      growth: reverse.growth,
      project: reverse.project,
      reverse: null,
    },
  ]
}
