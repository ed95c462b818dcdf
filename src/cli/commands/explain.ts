/** `ferry explain SYNC PERSON`: one person across both sides, from the link to each field, and what was done and left undone. */
import { type Command, Option } from 'commander'
import type { Compared, ComparedField, ComparedSet } from '../../app/explain-fields.ts'
import { type Explanation, explain, type PlannedOp, type Reading } from '../../app/explain.ts'
import type { FieldValue } from '../../model/field.ts'
import type { Side } from '../../model/id.ts'
import { type Mask, masked } from '../../report/mask.ts'
import { maskedData } from '../../report/masked-data.ts'
import { opLine } from '../../report/op-text.ts'
import { decisionText } from '../../report/hold-document.ts'
import { recordDocument, withoutAddresses } from '../../report/plan-record.ts'
import { safeText } from '../../report/safe-text.ts'
import { table } from '../../report/table.ts'
import type { Act } from '../act.ts'
import { EXIT, UsageError } from '../exit.ts'
import { whole } from '../whole.ts'

export function registerExplain(program: Command, act: Act): void {
  program
    .command('explain <sync> <person>')
    .description(
      'one person (an id at either side, or an e-mail): the link, what was done, what waits, both records as they are now; changes nothing',
    )
    .addOption(new Option('--side <side>', 'where the id is from').choices(['from', 'to']))
    .option('--limit <n>', 'at most so many entries of earlier plans', '10')
    .action(
      act(async (context, sync: string, person: string, options: Options) => {
        const opsMax = whole(options.limit, '--limit')
        const app = await context.app({ mayWrite: false })
        try {
          const request = { sync, person, side: options.side ?? null, opsMax }
          const found = await explain(app, request, context.signal)
          if (found === null)
            throw new UsageError(
              `nobody at ${options.side === undefined ? 'either side' : `side "${options.side}"`} has the id or e-mail ${masked(person, context.flags.mask)}`,
              'Give the id as "ferry links list" and "ferry show" tell it, or the whole e-mail.',
            )
          const { mask } = context.flags
          context.answer(documentOf(found, mask), linesOf(found, mask))
          return EXIT.done
        } finally {
          await app.close()
        }
      }),
    )
}

interface Options {
  readonly side?: Side
  readonly limit: string
}

// As data ------------------------------------------------------------------------------------------

function documentOf(found: Explanation, mask: Mask): Readonly<Record<string, unknown>> {
  const { link, compared } = found
  return {
    sync: found.sync,
    link:
      link === null
        ? null
        : { from: link.fromId, to: link.toId, origin: link.origin, run: link.run },
    from: readingDocument(found.from, mask),
    to: readingDocument(found.to, mask),
    others: found.others,
    plans: found.ops.map(({ plan, madeAt, op }) => ({
      plan,
      madeAt,
      ...recordDocument(op, mask),
    })),
    cases: found.cases.map((each) => ({
      ...each,
      label: masked(each.label, mask),
      cause: withoutAddresses(each.cause, mask),
      ...(each.held === undefined
        ? {}
        : {
            held: each.held.map((field) => ({
              ...field,
              from: maskedData(field.from, mask),
              to: maskedData(field.to, mask),
            })),
          }),
    })),
    flapping: found.flapping.map((one) => ({
      ...one,
      from: maskedData(one.from, mask),
      to: maskedData(one.to, mask),
    })),
    decisions: found.rulings.map(({ side, field, choice, who, at, obeyedBy }) => ({
      side,
      field,
      choice,
      who,
      at: new Date(at).toISOString(),
      obeyedBy,
    })),
    fields:
      compared?.fields.map((field) => ({
        ...field,
        from: maskedData(field.from, mask),
        wanted: maskedData(field.wanted, mask),
        to: maskedData(field.to, mask),
      })) ?? null,
    tags: compared?.tags ?? null,
    groups: compared?.groups ?? null,
    consents: Object.fromEntries(
      Object.entries(found.consents).map(([side, reading]) => [
        side,
        reading === null
          ? null
          : {
              ...reading,
              consents: reading.consents.map((consent) => ({
                ...consent,
                address: maskedData(consent.address, mask),
                reason: maskedData(consent.reason, mask),
              })),
            },
      ]),
    ),
  }
}

function readingDocument(reading: Reading, mask: Mask): Readonly<Record<string, unknown>> {
  if (!('sighting' in reading)) return reading
  const { sighting } = reading
  const { id, version, createdAt, updatedAt, fields } = sighting
  return {
    kind: reading.kind,
    id,
    version,
    createdAt,
    updatedAt,
    fields: maskedData(fields, mask),
    tags: sighting.tags ?? null,
    groups: sighting.groups ?? null,
  }
}

// As text ------------------------------------------------------------------------------------------

function linesOf(found: Explanation, mask: Mask): readonly string[] {
  const { link, compared } = found
  return [
    link === null
      ? 'Link      none'
      : `Link      ${link.fromId} -> ${link.toId}, ${safeText(link.origin, 80)}, in ${link.run}`,
    `Source    ${readingText(found.from)}`,
    `Target    ${readingText(found.to)}`,
    ...found.others.map(({ side, id, why }) => `Also      ${id} at side "${side}" has ${why}`),
    ...titled(
      'Waiting',
      found.cases.map(
        ({ kind, cause, hint }) =>
          `  ${kind}: ${safeText(withoutAddresses(cause, mask), 160)}\n    ${safeText(hint, 200)}`,
      ),
    ),
    ...(found.flapping.length === 0
      ? []
      : titled(
          'Flapping',
          found.flapping.flatMap((one) => flappingText(one, mask)),
        )),
    ...titled(
      'Decided',
      found.rulings.map(
        (ruling) =>
          `  ${ruling.field === null ? '' : `${safeText(ruling.field, 60)}: `}${decisionText(ruling)}`,
      ),
    ),
    ...titled(
      'In plans',
      found.ops.flatMap((op) => plannedText(op, mask)),
    ),
    ...(compared === null ? [] : comparedText(compared, mask)),
    ...(['from', 'to'] as const).flatMap((side) => consentText(found, side, mask)),
  ]
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return [lines.length === 0 ? `${title.padEnd(10)}nothing` : title, ...lines]
}

function readingText(reading: Reading): string {
  switch (reading.kind) {
    case 'found':
      return `${reading.sighting.id}, changed ${reading.sighting.updatedAt ?? 'at a time it does not tell'}`
    case 'merged':
      return `${reading.id} was merged into ${reading.sighting.id}`
    case 'gone':
      return `${reading.id} is not there any more`
    case 'inconclusive':
      return `${reading.id} could not be read: ${safeText(reading.message, 160)}`
    case 'nobody':
      return 'nobody there is known to be this person'
  }
}

function flappingText(
  { path, from, to, turns, since, until, hint }: Explanation['flapping'][number],
  mask: Mask,
): readonly string[] {
  const show = (value: FieldValue | undefined) => shownValue(value, mask)
  return [
    `  ${safeText(path, 60)}: ${show(from)} at the source, ${show(to)} at the target`,
    `    set back and forth ${turns} times, and left alone since ${since}; tried again from ${until} unless somebody decides`,
    `    ${hint}`,
  ]
}

function plannedText({ plan, madeAt, op }: PlannedOp, mask: Mask): readonly string[] {
  const message = op.outcome?.message ?? null
  return [
    `  ${plan}  ${madeAt ?? 'never finished'}`,
    `    ${opLine(op, mask)}`,
    ...(op.op.fields.length === 0
      ? []
      : [`    fields: ${safeText(op.op.fields.map(({ path }) => path).join(', '), 200)}`]),
    ...(message === null ? [] : [`    outcome: ${safeText(masked(message, mask), 200)}`]),
  ]
}

function comparedText({ fields, tags, groups }: Compared, mask: Mask): readonly string[] {
  const show = (value: FieldValue | undefined) => shownValue(value, mask)
  const row = ({ path, from, wanted, to, verdict, rule, why }: ComparedField) => {
    const source = Object.values(from).find((value) => value !== undefined && value !== null)
    const here = verdict === 'silent' ? show(source) : show(wanted ?? source)
    return [
      `  ${verdict}`,
      path,
      here,
      show(to),
      `${safeText(rule, 60)}${why === '' ? '' : `; ${safeText(why, 120)}`}`,
    ]
  }
  // What differs is what one looks for.
  const isQuiet = ({ verdict, to }: ComparedField) =>
    verdict === 'silent' && (to === null || to === undefined)
  const told = fields.filter((field) => !isQuiet(field))
  const sorted = told.toSorted((a, b) => rank(a) - rank(b))
  return [
    'Fields    verdict, field, source under the mapping, target, rule',
    ...table(sorted.map(row), ['left', 'left', 'left', 'left', 'left']),
    `  ${fields.length - told.length} more are empty on both sides`,
    setText('Tags', tags),
    setText('Groups', groups),
  ]
}

function shownValue(value: FieldValue | undefined, mask: Mask): string {
  if (value === undefined) return '(not told)'
  if (value === null || value.length === 0) return '(empty)'
  return `"${safeText(masked(typeof value === 'string' ? value : value.join(', '), mask), 40)}"`
}

function rank({ verdict }: ComparedField): number {
  return ['refused', 'held', 'differs', 'rewritten', 'not told', 'equal', 'silent'].indexOf(verdict)
}

function setText(title: string, { wanted, missing, isTold }: ComparedSet): string {
  const text = () => {
    if (wanted === null) return 'the source does not tell them here'
    if (!isTold) return `${wanted.length} wanted; the target does not tell them here`
    if (missing.length === 0) return `${wanted.length} wanted, all there`
    return `${wanted.length} wanted, missing: ${safeText(missing.join(', '), 200)}`
  }
  return `${title.padEnd(10)}${text()}`
}

function consentText(found: Explanation, side: Side, mask: Mask): readonly string[] {
  const reading = found.consents[side]
  if (reading === null) return []
  const lines = reading.consents.map(({ channel, address, state, reason, since }) =>
    `  ${channel} ${state}  ${safeText(masked(address ?? '(the person)', mask), 60)}  ${safeText(masked(reason ?? '', mask), 80)}  ${since ?? ''}`.trimEnd(),
  )
  const title = `Consent at ${side === 'from' ? 'the source' : 'the target'}`
  if (lines.length > 0) return [title, ...lines]
  return [`${title}: ${reading.isComplete ? 'nothing on record' : 'not told'}`]
}
