/** Holds and what people answer: what is asked, whether an answer fits, and putting answers on record. The next plan obeys them. */
import { type FieldValue, unitOf } from '../model/field.ts'
import type { Choice } from '../plan/ruling.ts'
import type { Case, CaseKind } from '../state/cases.ts'
import type { KeptRuling } from '../state/rulings.ts'
import type { StateStore } from '../state/store.ts'
import type { App } from './app.ts'

/** One thing that is asked: about the whole record, or about one field of it. */
export interface Asked {
  readonly field: string | null
  readonly kind: string
  /** Hash of the question; null: no decision would help, only a change of the records. */
  readonly question: string | null
  readonly choices: readonly Choice[]
  /** Both values of a field. */
  readonly from?: FieldValue | undefined
  readonly to?: FieldValue | undefined
  /** Why an earlier decision does not count any more. */
  readonly lapsed: string | null
  /** What was decided about just this; null: nothing yet. */
  readonly ruling: KeptRuling | null
}
export interface Hold {
  readonly case: Case
  readonly asked: readonly Asked[]
}

const CASES_MAX = 100_000

export async function openHolds(store: StateStore, sync: string | null): Promise<readonly Hold[]> {
  const cases = await store.cases.list({ sync, kind: 'hold', limit: CASES_MAX })
  const rulings = await store.rulings.list({ sync, limit: CASES_MAX })
  const known = Map.groupBy(rulings, keyOf)
  return cases.map((open) => ({ case: open, asked: askedBy(open, known.get(keyOf(open)) ?? []) }))
}

function keyOf({ sync, side, record }: Pick<Case, 'sync' | 'side' | 'record'>): string {
  return JSON.stringify([sync, side, record])
}

function askedBy(open: Case, rulings: readonly KeptRuling[]): readonly Asked[] {
  const { question, held = [] } = open
  const rulingOn = (hash: string | undefined) =>
    rulings.find((ruling) => ruling.question === hash) ?? null
  const ofFields = held.map(
    ({ path, from, to, question: hash, lapsed }): Asked => ({
      field: path,
      kind: 'field',
      question: hash ?? null,
      choices: hash === undefined ? [] : ['from', 'to'],
      from,
      to,
      lapsed: lapsed ?? null,
      ruling: rulingOn(hash),
    }),
  )
  if (question === undefined && held.length > 0) return ofFields
  const whole: Asked = {
    field: null,
    kind: question?.kind ?? 'other',
    question: question?.hash ?? null,
    choices: question?.choices ?? [],
    lapsed: null,
    ruling: rulingOn(question?.hash),
  }
  return [whole, ...ofFields]
}

/** What somebody answers. `ask`: an earlier decision is taken back. */
export interface Answer {
  readonly hold: Hold
  /** null: every field of the hold, or the record. */
  readonly field: string | null
  readonly choice: Choice | 'ask'
  /** The question as it was seen; null: as it stands now. */
  readonly question: string | null
  /** Whether this very hold was named, by its id or on its own line; false: it is one of many that a filter took. */
  readonly isNamed: boolean
}
export interface Decided {
  readonly hold: Hold
  readonly asked: Asked
  readonly choice: Choice | 'ask'
}
export interface Refused {
  readonly hold: Hold
  readonly field: string | null
  readonly why: string
}
export interface Weighed {
  readonly decided: readonly Decided[]
  readonly refused: readonly Refused[]
}

/** Which answers fit. Writes nothing. */
export function weigh(answers: readonly Answer[]): Weighed {
  const decided: Decided[] = []
  const refused: Refused[] = []
  for (const answer of answers) {
    const { hold, choice } = answer
    const parts = partsOf(answer)
    if (parts.length === 0)
      refused.push({ hold, field: answer.field, why: 'this hold does not ask about that field' })
    for (const asked of parts) {
      const before = decided.find((one) => one.asked === asked)
      if (before?.choice === choice) continue
      const why = before === undefined ? refusal(asked, answer) : TWO_ANSWERS
      if (why === null) decided.push({ hold, asked, choice })
      else refused.push({ hold, field: asked.field, why })
    }
  }
  return { decided, refused }
}
const TWO_ANSWERS = 'it was given two answers; the parts of one address need the same one'

/** The parts of an address are one decision. */
function partsOf({ hold, field }: Answer): readonly Asked[] {
  if (field === null) return hold.asked
  return hold.asked.filter((asked) => asked.field !== null && unitOf(asked.field) === unitOf(field))
}

function refusal(asked: Asked, { choice, question, isNamed, field }: Answer): string | null {
  if (question !== null && asked.field === field && question !== asked.question)
    return 'the record has moved since: look at the hold again'
  if (choice === 'ask') return asked.ruling === null ? 'nothing was decided about it' : null
  if (asked.question === null) return NO_DECISION
  if (!asked.choices.includes(choice))
    return `"${choice}" is no answer to it; possible: ${asked.choices.join(', ')}`
  // Whoever is created again may have said no to the one that is gone.
  const isMadeAgain = ['gone', 'removed', 'unsure'].includes(asked.kind) && choice !== 'skip'
  if (isMadeAgain && !isNamed)
    return asked.kind === 'unsure'
      ? 'each of these may be there already: look, and decide about each by its id'
      : 'what the other side knew of their opt-outs went with the contact: decide about each by its id'
  return null
}
const NO_DECISION =
  'no decision would help: follow its hint and run again (a plan made by this version asks anew)'

/**
 * Puts answers on record. What moved between looking and deciding is refused, not decided. Answers what was kept.
 */
export async function keepDecisions(
  app: App,
  { decided }: Pick<Weighed, 'decided'>,
  who: string,
): Promise<Weighed> {
  const at = app.env.clock.now()
  return app.store.transaction([], async (store) => {
    const now = new Map((await openHolds(store, null)).map((hold) => [hold.case.id, hold]))
    const isSame = ({ hold, asked }: Decided) =>
      now
        .get(hold.case.id)
        ?.asked.some(
          ({ field, question }) => field === asked.field && question === asked.question,
        ) === true
    const kept = decided.filter(isSame)
    for (const [sync, ofSync] of Map.groupBy(kept, ({ hold }) => hold.case.sync)) {
      await store.rulings.keep(
        sync,
        ofSync.flatMap(({ hold, asked, choice }) =>
          choice === 'ask' || asked.question === null
            ? []
            : [
                {
                  side: hold.case.side,
                  record: hold.case.record,
                  field: asked.field,
                  question: asked.question,
                  choice,
                  who,
                  at,
                },
              ],
        ),
      )
      const takenBack = ofSync.flatMap(({ asked, choice }) =>
        choice === 'ask' ? (asked.ruling?.id ?? []) : [],
      )
      if (takenBack.length > 0) await store.rulings.end(takenBack, `taken back by ${who}`)
      await store.audit.add({
        at,
        who,
        what: 'holds decided',
        run: null,
        data: ofSync.map(({ hold, asked, choice }) => ({
          sync,
          side: hold.case.side,
          record: hold.case.record,
          field: asked.field,
          choice,
          question: asked.question,
        })),
      })
    }
    const moved = decided.filter((one) => !kept.includes(one))
    return {
      decided: kept,
      refused: moved.map(({ hold, asked }) => ({
        hold,
        field: asked.field,
        why: 'the record has moved since: look at the hold again',
      })),
    }
  })
}

/** The next run takes these up again, although nothing changed. Answers those that it cannot. */
export async function retryCases(
  app: App,
  cases: readonly Case[],
  who: string,
): Promise<{ readonly marked: readonly Case[]; readonly refused: readonly Case[] }> {
  const at = app.env.clock.now()
  const isReached = ({ sync, side }: Case) =>
    side === 'from' || app.config.syncs[sync]?.direction === 'two-way'
  const marked = cases.filter(isReached)
  await app.store.transaction([], async (store) => {
    await store.cases.open(
      marked.map(({ id: _, kind, question: __, held: ___, ...open }) => ({
        ...open,
        kind: 'retry' as const satisfies CaseKind,
        cause: `asked for by ${who} (${kind}: ${open.cause})`,
        hint: '',
        openedAt: at,
        updatedAt: at,
      })),
    )
    await store.audit.add({
      at,
      who,
      what: 'cases to be retried',
      run: null,
      data: marked.map(({ sync, kind, side, record }) => ({ sync, kind, side, record })),
    })
  })
  return { marked, refused: cases.filter((open) => !isReached(open)) }
}
