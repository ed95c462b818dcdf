/** Pages of contacts as the simulated platforms send them: what the decoders are timed on. */
import { makeSimulator } from '../src/app/simulate.ts'
import { infusionsoft } from '../connectors/infusionsoft/connector.ts'
import type { Kit, Log } from '../src/connector/kit.ts'
import type { SimulatedRequest, Simulator } from '../src/connector/simulator.ts'
import { systemClock } from '../src/http/clock.ts'
import { simulatedHttp } from '../src/simulation/network.ts'

/** The longest answer to a connector that reads the first page of contacts. */
export async function infusionsoftPage(contacts: number): Promise<string> {
  const inner = makeSimulator({ platform: 'infusionsoft', contacts, seed: SEED, quirks: {} })
  let longest = ''
  const simulator: Simulator = Object.create(inner, {
    handle: {
      value(request: SimulatedRequest) {
        const response = inner.handle(request)
        if (response.body.length > longest.length) longest = response.body
        return response
      },
    },
  })
  const reader = infusionsoft.open(
    {
      name: 'source',
      url: `${ORIGIN}${simulator.basePath}`,
      auth: simulator.auth,
      account: null,
      timeZone: null,
      path: null,
      options: {},
      limits: { requestsPerSecond: 100_000 },
    },
    kitOver(simulator),
  )
  const { signal } = new AbortController()
  const { fields } = await reader.catalog(signal)
  await reader.scan(
    { stream: 'contacts', since: null, overlapMs: 0, position: null, fields },
    signal,
  )
  await reader.close()
  return longest
}

/** One page with everything the platform shows of a contact, in well-formed XML. */
export function xmlSpecPage(contacts: number): string {
  const simulator = makeSimulator({
    platform: 'xml-spec',
    contacts,
    seed: SEED,
    quirks: { unclosedGroup: 0 },
  })
  const send = (form: Readonly<Record<string, string>>) =>
    simulator.handle({
      method: 'POST',
      url: simulator.basePath,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    }).body
  const answer = send({ ...simulator.auth, xml: '<GetAuthTokenRequest></GetAuthTokenRequest>' })
  const token = /<Token>([^<]+)</.exec(answer)?.[1]
  if (token === undefined) throw new Error(`no token: ${answer.slice(0, 200)}`)
  const { email = '' } = simulator.auth
  const xml = `<GetContactsRequest><Limit>${contacts}</Limit></GetContactsRequest>`
  return send({ email, auth_token: token, xml })
}

const SEED = 7
const ORIGIN = 'http://127.0.0.1:7001'

function kitOver(simulator: Simulator): Kit {
  const log: Log = { debug: () => {}, info: () => {}, warn: () => {} }
  const clock = systemClock
  const random = () => 0.5
  return {
    clock,
    random,
    log,
    vault: { load: async () => null, save: async () => {} },
    http: simulatedHttp({ clock, random, log, hosts: new Map([[ORIGIN, simulator]]) }),
  }
}
