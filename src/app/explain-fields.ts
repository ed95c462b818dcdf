/** Two records side by side under the mapping: for each rule what the source wants, what the target shows, and whether that is the same. */
import type { Projection } from '../mapping/mapping.ts'
import type { FieldValue } from '../model/field.ts'
import type { Sighting } from '../model/sighting.ts'
import { type Base, slotChanged, unpackBase } from '../plan/base.ts'
import type { PlanContext } from '../plan/context.ts'
import { type Projected, showFrom, showTo, shownValue } from '../plan/shown.ts'
import type { Link } from '../state/links.ts'

export interface Compared {
  readonly fields: readonly ComparedField[]
  readonly tags: ComparedSet
  readonly groups: ComparedSet
}
export interface ComparedField {
  readonly path: string
  /** The rule, for people. */
  readonly rule: string
  /** What the source holds, by path. */
  readonly from: Readonly<Record<string, FieldValue | undefined>>
  /** What the rule makes of it; undefined: nothing travels. */
  readonly wanted: FieldValue | undefined
  /** undefined: the target does not tell. */
  readonly to: FieldValue | undefined
  readonly verdict: Verdict
  /** For people; '' where there is nothing to add. */
  readonly why: string
}
const VERDICTS = ['equal', 'differs', 'rewritten', 'silent', 'refused', 'held', 'not told'] as const
/** `rewritten`: the target changed it when both last agreed. `silent`: the source has nothing to say. */
export type Verdict = (typeof VERDICTS)[number]
export interface ComparedSet {
  /** Names; null: not told. */
  readonly wanted: readonly string[] | null
  readonly missing: readonly string[]
  readonly isTold: boolean
}

export function comparison(
  context: PlanContext,
  pair: { readonly from: Sighting; readonly to: Sighting; readonly link: Link | null },
): Compared {
  const { from, to, link } = pair
  const shown = showFrom(context, from)
  const there = showTo(context, to)
  const bases = {
    from: unpackBase(link?.fromBase ?? null),
    to: unpackBase(link?.toBase ?? null),
  }
  const set = (wanted: typeof shown.wantedTags, present: ReadonlySet<string> | null) => ({
    wanted: wanted === null ? null : wanted.map(({ name }) => name),
    missing:
      wanted === null || present === null
        ? []
        : wanted.filter(({ folded }) => !present.has(folded)).map(({ name }) => name),
    isTold: present !== null,
  })
  return {
    fields: shown.projected.map((projected) =>
      compare(projected, { from, to, key: context.key, bases }),
    ),
    tags: set(shown.wantedTags, there.tags),
    groups: set(shown.wantedGroups, there.groups),
  }
}

interface Sides {
  readonly from: Sighting
  readonly to: Sighting
  readonly key: string
  readonly bases: { readonly from: Base | null; readonly to: Base | null }
}

function compare(projected: Projected, sides: Sides): ComparedField {
  const { rule, projection } = projected
  const to = sides.to.fields[rule.to]
  return {
    path: rule.to,
    rule: rule.title,
    from: Object.fromEntries(rule.from.map((path) => [path, sides.from.fields[path]])),
    wanted: projection.kind === 'value' ? projection.value : undefined,
    to,
    ...judge(projected, shownValue(rule, to), sides),
  }
}

function judge(
  { rule, projection, norm }: Projected,
  there: string | null,
  { key, bases }: Sides,
): Pick<ComparedField, 'verdict' | 'why'> {
  const why = lossesIn(projection)
  switch (projection.kind) {
    case 'absent':
      return { verdict: 'silent', why: why || silence(rule.blank) }
    case 'reject':
      return { verdict: 'refused', why: projection.cause }
    case 'hold':
      return { verdict: 'held', why: projection.cause }
    case 'value': {
      if (there === null) return { verdict: 'not told', why }
      if (norm === there) return { verdict: 'equal', why }
      if (bases.from === null || bases.to === null)
        return { verdict: 'differs', why: why || 'the two never agreed on it' }
      const moved = {
        from: slotChanged(bases.from, key, rule.to, norm ?? ''),
        to: slotChanged(bases.to, key, rule.to, there),
      }
      if (!moved.from && !moved.to) return { verdict: 'rewritten', why }
      const who = moved.from && moved.to ? 'both sides' : moved.from ? 'the source' : 'the target'
      return { verdict: 'differs', why: `${who} changed since both last agreed` }
    }
  }
}

function lossesIn(projection: Projection): string {
  const losses = 'losses' in projection ? (projection.losses ?? []) : []
  return losses.map(({ cause }) => cause).join('; ')
}

function silence(blank: 'skip' | 'clear' | 'fill'): string {
  return blank === 'clear'
    ? 'the source does not tell it'
    : 'empty at the source: nothing is written'
}
