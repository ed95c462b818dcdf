/** Who is whom: links decide, marker and e-mail only propose, and whatever is not certain is a question for a person. */
import { otherSide, type RemoteId, type Side } from '../model/id.ts'
import type { Consent } from '../model/consent.ts'
import type { Sighting } from '../model/sighting.ts'
import type { Obeyed, Question, QuestionKind } from './ruling.ts'

/** What is known about one source contact before deciding. Gathered by the pipeline, judged here. */
export interface MatchFacts {
  readonly id: RemoteId
  /** Its live link, with the counterpart as read in this run. */
  readonly link: { readonly toId: RemoteId; readonly target: LinkedTarget } | null
  /** Without a link of its own: whom it has taken the place of; absent: nobody. */
  readonly heir?: Inheritance
  /** Target contacts that carry its marker. */
  readonly byMarker: readonly Candidate[]
  /** Other source contacts with the same key, itself not included; with their place in the order of choice. */
  readonly twins: readonly Twin[]
  /** Target contacts with its primary e-mail. Empty when it has none or `email` is not among the rules. */
  readonly byEmail: readonly Candidate[]
  /** Target contacts with its phone number and family name, where that rule is asked for. */
  readonly byPhone: readonly Candidate[]
  readonly policy: 'hold' | 'first' | 'newest' | 'merge' | 'keep'
  /** Whose contact it is; absent: the source's. Of a contact of the target, "target" below means the source. */
  readonly side?: Side
  /** Why its counterpart was removed on purpose, and whether that leaves a question; absent: it was not. */
  readonly buried?: {
    readonly why: string
    readonly isSettled: boolean
    /** Whether it was created over there is not known. */
    readonly isUnsure?: boolean
  }
}
export type LinkedTarget =
  | { readonly kind: 'found'; readonly sighting: Sighting }
  | { readonly kind: 'gone' }
  /** `linkedTo`: the source contact that the survivor belongs to already; absent: nobody. */
  | { readonly kind: 'merged'; readonly into: Sighting; readonly linkedTo?: RemoteId }
  | { readonly kind: 'inconclusive'; readonly message: string }
  /** Not read in this run: nothing changed here that would need it. */
  | { readonly kind: 'unread' }
/** Another contact of its side was merged into it. */
export interface Inheritance {
  readonly was: RemoteId
  /** That one's counterpart. */
  readonly toId: RemoteId
  readonly target: LinkedTarget
  /** Counterparts of others that were merged into it, too. */
  readonly also: readonly RemoteId[]
}
export interface Candidate {
  readonly sighting: Sighting
  /** The source contact it is linked to already; null: free. */
  readonly linkedTo: RemoteId | null
}
export interface Twin {
  readonly id: RemoteId
  readonly isLinked: boolean
  /** Whether the policy `first` or `newest` prefers that one to this contact. */
  readonly isPreferred: boolean
}

export type Match =
  | { readonly kind: 'linked'; readonly toId: RemoteId; readonly target: Sighting | null }
  | {
      readonly kind: 'found'
      readonly target: Sighting
      readonly by: 'marker' | 'email' | 'phone' | 'decision'
      readonly ruled?: Ruled
    }
  | { readonly kind: 'repoint'; readonly was: RemoteId; readonly target: Sighting }
  /** `was`, a contact of its own side whose counterpart `target` is, was merged into it. */
  | { readonly kind: 'heir'; readonly was: RemoteId; readonly target: Sighting }
  | { readonly kind: 'new'; readonly ruled?: Ruled }
  | {
      readonly kind: 'excluded'
      readonly cause: string
      /** null: nobody else travels in its place. */
      readonly inFavourOf: RemoteId | null
      readonly ruled?: Ruled
    }
  | {
      readonly kind: 'hold'
      readonly cause: string
      readonly hint: string
      readonly candidates: readonly RemoteId[]
      /** What a person may decide; absent: only a change of the records helps. */
      readonly asks?: QuestionKind
      readonly question?: Question
    }

/** What a person decided, in words too, and opt-outs of others that a contact created by it must carry. */
export interface Ruled {
  readonly obeyed: Obeyed
  readonly text: string
  readonly carried: readonly Consent[]
}

/** The counterpart as it was read; null: there is none, or it was not read. */
export function counterpartIn(match: Match): Sighting | null {
  return 'target' in match ? match.target : null
}

/** Every case of 4.2, in the order in which they are asked. */
export function match(facts: MatchFacts): Match {
  if (facts.link !== null) return matchLinked(facts, facts.link.toId, facts.link.target)
  if (facts.heir !== undefined) return matchHeir(facts, facts.heir)
  const marked = oneOf(facts, facts.byMarker, 'marker')
  if (marked !== null) return marked
  if (facts.policy === 'keep') return matchKept(facts)
  const twin = matchTwins(facts)
  if (twin !== null) return twin
  return (
    oneOf(facts, facts.byEmail, 'email') ?? oneOf(facts, facts.byPhone, 'phone') ?? unmatched(facts)
  )
}

/** What was removed on purpose does not return by itself. */
function unmatched(facts: MatchFacts): Match {
  const { buried } = facts
  if (buried === undefined) return { kind: 'new' }
  if (buried.isSettled) {
    const { there } = wordsOf(facts)
    const cause = `it stays as it is, and is not created at ${there} again: ${buried.why}`
    return { kind: 'excluded', cause, inFavourOf: null }
  }
  if (buried.isUnsure === true) {
    const { there } = wordsOf(facts)
    return {
      kind: 'hold',
      asks: 'unsure',
      cause: `it may have been created at ${there} already: the answer got lost, and there is nothing to look for it by`,
      hint: `Look for this person at ${there}: link it with "ferry links import", or have it created with "ferry holds resolve". With a marker such records are found.`,
      candidates: [],
    }
  }
  return {
    kind: 'hold',
    asks: 'removed',
    cause: `its counterpart was removed (${buried.why})`,
    hint: 'Leave it so, or decide with "ferry holds resolve"; for all that an undo removed: "ferry undo RUN --release" with the run that was undone.',
    candidates: [],
  }
}

function wordsOf({ side = 'from' }: MatchFacts): { readonly here: string; readonly there: string } {
  return { here: WORD_OF[side], there: WORD_OF[otherSide(side)] }
}
export const WORD_OF = { from: 'the source', to: 'the target' } as const

function matchLinked(facts: MatchFacts, toId: RemoteId, target: LinkedTarget): Match {
  const { there } = wordsOf(facts)
  switch (target.kind) {
    case 'found':
      return { kind: 'linked', toId, target: target.sighting }
    case 'unread':
      return { kind: 'linked', toId, target: null }
    case 'merged':
      if (target.linkedTo === undefined) return { kind: 'repoint', was: toId, target: target.into }
      return {
        kind: 'hold',
        asks: 'merged',
        cause: 'its counterpart was merged into the counterpart of another contact',
        hint: `Merge the two at ${wordsOf(facts).here} as well, or leave this one out with "ferry holds resolve".`,
        candidates: [target.into.id, target.linkedTo],
      }
    case 'gone':
      return {
        kind: 'hold',
        asks: 'gone',
        cause: `its counterpart was deleted at ${there}`,
        hint:
          facts.side === 'to'
            ? 'Restore it there, leave this one out with "ferry holds resolve", or end the link with "ferry links end" to have it created again.'
            : 'Restore it there, or say with "ferry holds resolve" whether it is created again or left out.',
        candidates: [toId],
      }
    case 'inconclusive':
      return {
        kind: 'hold',
        cause: `its counterpart could not be read: ${target.message}`,
        hint: `Run again when ${there} answers for this record.`,
        candidates: [toId],
      }
  }
}

function matchHeir(facts: MatchFacts, { was, toId, target, also }: Inheritance): Match {
  const { here, there } = wordsOf(facts)
  if (also.length > 0)
    return {
      kind: 'hold',
      asks: 'merged',
      cause: `several contacts that have counterparts at ${there} were merged into it`,
      hint: `Merge those at ${there} as well, or leave this one out with "ferry holds resolve".`,
      candidates: [toId, ...also],
    }
  if (target.kind === 'found') return { kind: 'heir', was, target: target.sighting }
  const cause = `${was}, which was merged into it at ${here}, has a counterpart that could not be read as it was`
  return {
    kind: 'hold',
    cause,
    hint: `Look at ${toId} at ${there} by hand, and run again.`,
    candidates: [toId],
  }
}

const WORDS = { marker: 'the marker', email: 'the e-mail', phone: 'phone and family name' } as const

function oneOf(
  facts: MatchFacts,
  candidates: readonly Candidate[],
  by: 'marker' | 'email' | 'phone',
): Match | null {
  const [first, ...rest] = candidates
  const { here, there } = wordsOf(facts)
  if (first === undefined) return null
  if (rest.length > 0) {
    return {
      kind: 'hold',
      asks: 'ambiguous',
      cause: `several contacts at ${there} share ${WORDS[by]}`,
      hint: 'Merge them there, or say which one it is with "ferry holds resolve".',
      candidates: candidates.map((candidate) => candidate.sighting.id),
    }
  }
  if (first.linkedTo !== null && first.linkedTo !== facts.id) {
    return {
      kind: 'hold',
      asks: 'taken',
      cause: `the contact at ${there} with ${WORDS[by]} belongs to another contact already`,
      hint: `Merge the two at ${here}, give them different e-mails, or decide with "ferry holds resolve".`,
      candidates: [first.sighting.id, first.linkedTo],
    }
  }
  return { kind: 'found', target: first.sighting, by }
}

/** Where contacts may share an e-mail, one that belongs to another says nothing; which free one is whose must be certain. */
function matchKept(facts: MatchFacts): Match {
  const { here, there } = wordsOf(facts)
  const free = ({ linkedTo }: Candidate): boolean => linkedTo === null || linkedTo === facts.id
  const byEmail = facts.byEmail.filter(free)
  const others = facts.twins.filter(({ isLinked }) => !isLinked)
  if (byEmail.length > 0 && others.length > 0) {
    return {
      kind: 'hold',
      asks: 'ambiguous',
      cause: `${others.length + 1} contacts at ${here} share one e-mail that ${there} has already`,
      hint: 'Say who is whom with "ferry holds resolve" or "ferry links import".',
      candidates: byEmail.map(({ sighting }) => sighting.id),
    }
  }
  const byPhone = facts.byPhone.filter(free)
  return oneOf(facts, byEmail, 'email') ?? oneOf(facts, byPhone, 'phone') ?? unmatched(facts)
}

function matchTwins(facts: MatchFacts): Match | null {
  if (facts.twins.length === 0) return null
  const { here } = wordsOf(facts)
  const candidates = facts.twins.map((twin) => twin.id)
  const linked = facts.twins.find((twin) => twin.isLinked)
  const preferred = linked ?? facts.twins.find((twin) => twin.isPreferred)
  if (facts.policy === 'hold') {
    return {
      kind: 'hold',
      asks: 'twins',
      cause: `${facts.twins.length + 1} contacts at ${here} share one e-mail`,
      hint: `Merge them at ${here}, leave all but one out with "ferry holds resolve", or set "duplicates" to first, newest, merge or keep in the mapping.`,
      candidates,
    }
  }
  if (preferred === undefined) return null
  return {
    kind: 'excluded',
    cause:
      facts.policy === 'merge'
        ? 'a duplicate: its values travel with another contact of the same e-mail'
        : 'a duplicate: another contact of the same e-mail travels',
    inFavourOf: preferred.id,
  }
}
