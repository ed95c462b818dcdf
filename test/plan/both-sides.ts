/** A pair in a two-way sync that lives through rounds: what is decided is done in any order, in part, and people edit meanwhile. */
import type { CompiledRule } from '../../src/mapping/mapping.ts'
import type { FieldValue } from '../../src/model/field.ts'
import type { Side } from '../../src/model/id.ts'
import type { Sighting } from '../../src/model/sighting.ts'
import { packBase } from '../../src/plan/base.ts'
import type { PlanContext } from '../../src/plan/context.ts'
import { decideRecord } from '../../src/plan/decide.ts'
import type { Draft } from '../../src/plan/draft.ts'
import { type Bases, settledBases } from '../../src/plan/settled.ts'
import { showFrom, showTo } from '../../src/plan/shown.ts'
import { definition, matchOf, moved, type Parts, planContext, rule } from './world.ts'

export interface Both {
  readonly context: PlanContext
  readonly source: Sighting
  readonly target: Sighting
  readonly bases: Bases | null
}

/** A rule with a way back: the same value, under the same policy for what is empty. */
export function bothWays(to: string, more: Partial<CompiledRule> = {}): CompiledRule {
  const forth = rule(to, more)
  const [from = to] = forth.from
  const back = rule(from, { ...more, from: [to] })
  return {
    ...forth,
    reverse: {
      to: from,
      definition: definition(from),
      title: `${to} -> ${from}`,
      growth: null,
      project: back.project,
    },
  }
}

export function bothContext(parts: Parts = {}): PlanContext {
  const rules = parts.rules ?? []
  const mirror = {
    ...planContext(parts).mapping,
    rules: rules.flatMap(({ reverse, to, ...one }) =>
      reverse === null ? [] : [{ ...one, ...reverse, from: [to], reverse: null }],
    ),
  }
  return planContext({ ...parts, direction: 'two-way', mapping: { ...parts.mapping, mirror } })
}

export function decideBoth(pair: Both): readonly Draft[] {
  const { context, source, bases } = pair
  return decideRecord(context, { source, match: matchOf({ ...pair, bases: known(bases) }), bases })
}

function known(bases: Bases | null): { readonly from: string; readonly to: string } | null {
  return bases === null ? null : { from: bases.from ?? '', to: bases.to ?? '' }
}

export interface Doing {
  /** In which order; what is left out is not done. */
  readonly order?: readonly Side[]
  /** What people do after the plan was made. */
  readonly meanwhile?: (pair: Both) => Both
  /** What a side makes of a value that is written. */
  readonly rewrite?: (side: Side, value: FieldValue) => FieldValue
}

/** Decides, and does it as apply would, with the bases that apply would keep. */
export function bothRound(pair: Both, doing: Doing = {}): Both {
  const ops = decideBoth(pair)
  const [first] = ops
  let now = doing.meanwhile?.(pair) ?? pair
  if (first === undefined) return now
  if (first.bucket === 'link' || first.bucket === 'unchanged') return { ...now, bases: first.base }
  const done = new Set<Draft>()
  for (const side of doing.order ?? (['to', 'from'] as const)) {
    const op = ops.find(({ bucket, writes }) => bucket === 'update' && writes === side)
    if (op === undefined) continue
    const partner = ops.find((other) => other !== op && other.bucket === 'update')
    now = apply(now, op, {
      rewrite: doing.rewrite ?? ((_, value) => value),
      partner: partner === undefined ? null : { op: partner, isApplied: done.has(partner) },
    })
    done.add(op)
  }
  return now
}

function apply(
  pair: Both,
  op: Draft,
  {
    rewrite,
    partner,
  }: {
    readonly rewrite: NonNullable<Doing['rewrite']>
    readonly partner: { readonly op: Draft; readonly isApplied: boolean } | null
  },
): Both {
  const { context } = pair
  const before = op.writes === 'to' ? pair.target : pair.source
  const changed = op.fields.map(({ path, after }) => [path, rewrite(op.writes, after)] as const)
  const after: Sighting = {
    ...before,
    fields: { ...before.fields, ...Object.fromEntries(changed) },
    ...(before.tags === undefined ? {} : { tags: moved(before.tags, op.tags) }),
    consents: [...(before.consents ?? []), ...op.consents],
  }
  if (op.base === null) throw new Error('a write leaves no base')
  const shown = op.writes === 'to' ? showTo(context, after) : showFrom(context, after)
  const own = partner?.op.base?.own
  return {
    ...pair,
    [op.writes === 'to' ? 'target' : 'source']: after,
    bases: settledBases({
      base: op.base,
      writes: op.writes,
      echo: packBase(context.key, shown),
      now: pair.bases,
      partner: partner === null || own === undefined ? null : { own, isApplied: partner.isApplied },
    }),
  }
}
