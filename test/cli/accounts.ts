/** Two simulated accounts with somebody who can meddle with every request, and a ferry.yaml over them. */
import { SIMULATORS } from '../../connectors/simulators.ts'
import type {
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
} from '../../src/connector/simulator.ts'

export interface Side {
  /** `infusionsoft` and `adaptix` unless told. */
  readonly platform?: string
  readonly quirks?: Readonly<Record<string, unknown>>
  /** Further limits of the connection, as `, batchSize: 5`. */
  readonly limits?: string
  /** Further keys of the connection, as `, account: "1"`. */
  readonly more?: string
}
export interface AccountsOptions {
  /** At the source; the target begins empty. */
  readonly contacts?: number
  readonly from?: Side
  readonly to?: Side
  /** Lines below `move:` in ferry.yaml, after `from` and `to`. */
  readonly sync?: string
  /** `sqlite:./.ferry/state.db` unless told. */
  readonly state?: string
}

/** Stands between network and platform. null: the platform answers. */
export type Meddle = (
  request: SimulatedRequest,
  honest: () => SimulatedResponse,
) => SimulatedResponse | null
export interface Account {
  readonly simulator: Simulator
  /** The same behind the one who meddles. */
  readonly gate: Simulator
  /** Set and unset at any time. */
  meddle: Meddle | null
}

const SEED = 5

export function accountOf(
  platform: string,
  side: Side,
  more: { contacts: number; now: () => number },
): Account {
  const wanted = side.platform ?? platform
  const module = SIMULATORS.find((each) => each.platform === wanted)
  if (module === undefined) throw new Error(`no simulator of ${wanted}`)
  const simulator = module.create({ ...more, seed: SEED, quirks: side.quirks ?? {} })
  const account: Account = {
    simulator,
    meddle: null,
    gate: {
      ...simulator,
      handle(request) {
        const honest = () => simulator.handle(request)
        return account.meddle?.(request, honest) ?? honest()
      },
    },
  }
  return account
}

/** The text of ferry.yaml, and the variables it names. */
export function configOver(
  options: AccountsOptions,
  sides: Readonly<Record<'source' | 'target', { readonly account: Account; readonly url: string }>>,
): { readonly text: string; readonly env: Record<string, string> } {
  const env: Record<string, string> = {}
  const connection = (name: 'source' | 'target', side: Side = {}) => {
    const { account, url } = sides[name]
    const auth = Object.entries(account.simulator.auth).map(([key, value]) => {
      const variable = `${name}_${key}`.toUpperCase()
      env[variable] = value
      return `${key}: env:${variable}`
    })
    return `  ${name}: { platform: ${account.simulator.platform}, url: "${url}", auth: { ${auth.join(', ')} }, limits: { requestsPerSecond: 1000${side.limits ?? ''} }${side.more ?? ''} }`
  }
  const text = `version: 1
${options.state === undefined ? '' : `state: ${options.state}\n`}connections:
${connection('source', options.from)}
${connection('target', options.to)}
syncs:
  move:
    from: source
    to: target
${options.sync ?? ''}`
  return { text, env }
}

/** What of the variables must never be shown. */
export function secretsOf(env: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(env)
    .filter(([variable]) => !/USERNAME|CLIENTID|EMAIL$/.test(variable))
    .map(([, secret]) => secret)
}

/** E-mails that more than one contact of an account has, and keys that two contacts carry. */
export function twins({ simulator }: Account): readonly string[] {
  const people = simulator.snapshot()
  const keys = people.flatMap(({ emails, fields }) => [
    ...new Set([...emails.map((email) => email.toLowerCase()), fields['ferry_key'] ?? '']),
  ])
  return keys.filter((key, place) => key !== '' && keys.indexOf(key) !== place)
}
