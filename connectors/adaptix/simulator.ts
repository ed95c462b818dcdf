/** A Mautic-family server in memory: the HTTP door of the simulated platform. Quirks: see simulator/quirks.ts. */
import type {
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
  SimulatorModule,
  SimulatorOptions,
} from '../../src/connector/simulator.ts'
import { type Account, newAccount } from './simulator/account.ts'
import { type Answer, crashAnswer } from './simulator/answer.ts'
import { newLogins } from './simulator/auth.ts'
import { mergeRows } from './simulator/contact-merge.ts'
import { newFaults } from './simulator/faults.ts'
import { newFront } from './simulator/front.ts'
import { readQuirks, RELEASES } from './simulator/quirks.ts'
import { isMutation } from './simulator/request.ts'
import { seedPeople, seedSegments } from './simulator/seed.ts'
import { takeSnapshot } from './simulator/snapshot.ts'

export { personAuth } from './simulator/auth.ts'

export interface AdaptixSimulator extends Simulator {
  /** What a person does on the screen: one contact disappears into another, whose id answers for it from now on. */
  mergeContacts(loser: string, survivor: string): void
}

export const adaptixSimulator = {
  platform: 'adaptix',
  aliases: ['mautic'],
  create: createSimulator,
} satisfies SimulatorModule

/**
 * `consentBreaches`: one line per moment at which the API login left an address contactable (created, tagged, put into a segment, …) before it
 * delivered the opt-out of that address; what a person at the screen does (`personAuth`) does not count. See simulator/consent.ts.
 */
export function createSimulator(options: SimulatorOptions): AdaptixSimulator {
  const quirks = readQuirks(options.quirks, options.contacts)
  const account = newAccount(quirks, options.now())
  seedSegments(account)
  if (quirks.start === 'people') seedPeople(account, options.seed, options.contacts)
  const logins = newLogins(quirks, options.seed)
  const front = newFront({ account, logins, faults: newFaults(quirks) })

  function handle(request: SimulatedRequest): SimulatedResponse {
    account.now = options.now()
    return finish(account, attempt(request))
  }
  function attempt(request: SimulatedRequest): Answer {
    try {
      return front.answer(request)
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
      return { ...crashAnswer(), headers: { 'x-simulator-bug': reason.replaceAll(/\s+/g, ' ') } }
    }
  }
  return {
    platform: 'adaptix',
    basePath: '/api',
    auth: logins.auth,
    handle,
    isMutation,
    counts: front.counts,
    snapshot: () => takeSnapshot(account),
    consentBreaches: account.breaches,
    mergeContacts(loser, survivor) {
      const [from, to] = [loser, survivor].map((id) => account.contacts.rows[Number(id)])
      if (from === undefined || to === undefined) throw new Error('no such contact to merge')
      account.now = options.now()
      account.epoch += 1
      mergeRows(account, from, to)
    },
  }
}

function finish(account: Account, answer: Answer): SimulatedResponse {
  const { quirks, now } = account
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    date: new Date(now).toUTCString(),
    ...answer.headers,
  }
  if (answer.fromController && quirks.versionHeader !== '') {
    headers[quirks.versionHeader.toLowerCase()] = RELEASES[quirks.version]
  }
  return { status: answer.status, headers, body: answer.body }
}
