/** Writes whose answer or request gets lost: never told as refused, never doubled, and found by looking. */
import { ConnectorError } from '../../connector/error.ts'
import type { Backstage, Bench, Fate } from '../bench.ts'
import { type Hands, outcomeText } from '../hands.ts'
import { type BackstageProbe, faultless, type Verdict } from '../probe.ts'

const unless: NonNullable<BackstageProbe['unless']> = ({ create, find }) =>
  create === false || !find.includes('email')
    ? 'contacts cannot be created and looked up here'
    : null

export const lostAnswer = spoiltProbe({
  name: 'lost answer',
  asks: 'Is a create whose answer was lost told as unknown, and is there one contact afterwards?',
  fate: 'lostAnswer',
  wanted: [1],
})
export const timeoutAfterApply = spoiltProbe({
  name: 'time-out after apply',
  asks: 'Is a create that takes effect and then times out told as unknown, and is there one contact afterwards?',
  fate: 'hangApplied',
  wanted: [1],
})
export const lostRequest = spoiltProbe({
  name: 'lost request',
  asks: 'Is a create that never arrived told as unknown or sent again, and are there no twins?',
  fate: 'resetBefore',
  wanted: [0, 1],
})

interface Spoilt {
  readonly name: string
  readonly asks: string
  /** What becomes of the one create. */
  readonly fate: Fate
  /** How many such contacts there may be afterwards. */
  readonly wanted: readonly number[]
}

function spoiltProbe({ name, asks, fate, wanted }: Spoilt): BackstageProbe {
  return {
    name,
    asks,
    needs: 'backstage',
    unless,
    run: (bench, hands, backstage) => spoilt(bench, hands, { backstage, fate, wanted }),
  }
}

async function spoilt(
  bench: Bench,
  hands: Hands,
  {
    backstage,
    fate,
    wanted,
  }: { readonly backstage: Backstage; readonly fate: Fate; readonly wanted: readonly number[] },
): Promise<Verdict> {
  const email = hands.address()
  backstage.spoil('write', fate, 1)
  const told = await toldOf(hands, email)
  backstage.spoil('write', fate, 0)
  const twins = backstage.truth().contacts.filter(({ emails }) => emails.includes(email)).length
  const found = await hands.writer.find({ by: 'email', values: [email] }, bench.signal)
  const faults = [
    ...(OPEN.test(told) ? [] : [`told as ${told}`]),
    ...(wanted.includes(twins) ? [] : [`there are ${twins} such contacts`]),
    ...(found.length === twins ? [] : [`looking finds ${found.length} of ${twins}`]),
  ]
  if (found.length > 0) {
    await hands.writer.remove(
      found.map(({ id }) => id),
      bench.signal,
    )
  }
  return faultless(
    'unknown, and looked up',
    faults,
    `${told.split(':')[0]}, ${twins} there, looking finds ${found.length}`,
  )
}
/** What the engine looks up, or what is done by being sent again. */
const OPEN = /^(?:unknown|protocol|unreachable|created|changed)/

async function toldOf(hands: Hands, email: string): Promise<string> {
  try {
    const [outcome] = await hands.createAll([{ fields: hands.person({ 'emails.1': email }) }])
    return outcomeText(outcome)
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return `${error.kind}: ${error.message}`
  }
}
