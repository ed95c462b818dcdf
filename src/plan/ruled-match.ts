/** Who is whom once people have been asked: a match, or the question about it, or what a person decided. */
import { type Consent, isOptedOut } from '../model/consent.ts'
import type { RemoteId } from '../model/id.ts'
import type { PlanContext } from './context.ts'
import { type Candidate, type Match, type MatchFacts, match, type Ruled } from './match.ts'
import {
  type Choice,
  lapsedText,
  linkedBy,
  linkTo,
  type Question,
  type QuestionKind,
  questionHash,
  type Ruling,
  rulingText,
} from './ruling.ts'

type Held = Extract<Match, { kind: 'hold' }>

/** `context`: that of the contact's own side, as in `decideRecord`. `email`: its primary one in normal form. */
export function matchRuled(
  context: PlanContext,
  facts: MatchFacts,
  { email, ruling }: { readonly email: string; readonly ruling: Ruling | null },
): Match {
  const found = match(facts)
  if (found.kind !== 'hold' || found.asks === undefined) return found
  const question = questionOf(context, facts, { asks: found.asks, held: found, email })
  const asked: Held = { ...found, question }
  if (ruling === null) return asked
  if (ruling.question !== question.hash || !question.choices.includes(ruling.choice))
    return { ...asked, cause: `${found.cause} (${lapsedText(ruling)})` }
  return obey(facts, asked, ruling)
}

function questionOf(
  context: PlanContext,
  facts: MatchFacts,
  { asks, held, email }: { asks: QuestionKind; held: Held; email: string },
): Question {
  const others = proposed(facts)
    .filter((candidate) => asks !== 'twins' || isOfStranger(facts, candidate))
    .map(({ sighting, linkedTo }) => `${sighting.id}>${linkedTo ?? ''}`)
  const about = [...new Set([...held.candidates, ...others])].sort()
  return {
    kind: asks,
    hash: questionHash(context.key, [asks, email, ...about, facts.buried?.why ?? '']),
    choices: choicesOf(context, facts, asks),
  }
}

/** Among twins somebody stays: that one's counterpart comes into being because of the decision, and does not undo it. */
function isOfStranger({ id, twins }: MatchFacts, { linkedTo }: Candidate): boolean {
  return linkedTo !== null && linkedTo !== id && !twins.some((twin) => twin.id === linkedTo)
}

/** Where the target keeps one contact an e-mail, "a person of its own" would write over somebody else: it is not on offer. */
function choicesOf(context: PlanContext, facts: MatchFacts, asks: QuestionKind): readonly Choice[] {
  const { create } = context.to.capabilities
  const doubles = create !== false && create.onTakenEmail === 'doubles'
  const isNew =
    create !== false && facts.byMarker.length === 0 && (doubles || facts.byEmail.length === 0)
  // From the target's end the other contact's own decision would not know of it.
  const links = facts.side === 'to' ? [] : free(facts).map(({ sighting }) => linkTo(sighting.id))
  switch (asks) {
    case 'ambiguous':
      return [...links, ...(isNew ? (['create'] as const) : []), 'skip']
    case 'twins':
      return [...links, ...(doubles ? (['create'] as const) : []), 'skip']
    case 'taken':
    case 'removed':
    case 'unsure':
      return [...(isNew ? (['create'] as const) : []), 'skip']
    case 'gone':
      // From the target's end the old link would stand in the way.
      return facts.side === 'to' ? ['skip'] : ['anew', 'skip']
    case 'merged':
      return ['skip']
    case 'field':
    case 'deleted':
      return []
  }
}

function obey(facts: MatchFacts, held: Held, ruling: Ruling): Match {
  const { choice } = ruling
  const ruled = (stands: boolean, carried: readonly Consent[] = []): Ruled => ({
    obeyed: { id: ruling.id, field: null, choice, stands },
    text: rulingText(ruling),
    carried,
  })
  const linked = linkedBy(choice)
  if (linked !== null) {
    const target = free(facts).find(({ sighting }) => sighting.id === linked)?.sighting
    return target === undefined
      ? held
      : { kind: 'found', target, by: 'decision', ruled: ruled(false) }
  }
  switch (choice) {
    case 'create':
      return { kind: 'new', ruled: ruled(false, optOutsAround(facts)) }
    case 'anew': {
      const found = match({ ...facts, link: null })
      if (found.kind === 'new' || found.kind === 'found') return { ...found, ruled: ruled(false) }
      return found
    }
    default:
      return { kind: 'excluded', cause: ruled(true).text, inFavourOf: null, ruled: ruled(true) }
  }
}

function proposed({ byMarker, byEmail, byPhone }: MatchFacts): readonly Candidate[] {
  const known = new Map<RemoteId, Candidate>()
  for (const candidate of [...byMarker, ...byEmail, ...byPhone])
    known.set(candidate.sighting.id, candidate)
  return [...known.values()]
}

function free(facts: MatchFacts): readonly Candidate[] {
  return proposed(facts).filter(({ linkedTo }) => linkedTo === null || linkedTo === facts.id)
}

/** Somebody of the same e-mail may have said no under another id: a second contact of theirs must not be mailed. */
function optOutsAround(facts: MatchFacts): readonly Consent[] {
  return proposed(facts).flatMap(({ sighting }) =>
    (sighting.consents ?? []).filter(({ state, scope }) => scope === null && isOptedOut(state)),
  )
}
