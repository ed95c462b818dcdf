/** Starts a simulated platform on loopback. */
import { SIMULATORS } from '../../connectors/simulators.ts'
import type { Simulator } from '../connector/simulator.ts'
import { systemClock } from '../http/clock.ts'
import { type FaultKind, faultPlan } from '../simulation/faults.ts'
import { type SimulationServer, serve } from '../simulation/server.ts'
import { didYouMean } from '../mapping/nearest.ts'
import { ConfigError } from './config/error.ts'

export interface SimulatorRequest {
  /** Name or alias. */
  readonly platform: string
  /** 0: any free one. */
  readonly port: number
  readonly contacts: number
  readonly seed: number
  readonly quirks: Readonly<Record<string, unknown>>
  /** Share of requests by kind of fault; null: a perfect network. */
  readonly faults: Readonly<Record<string, number>> | null
  readonly latencyMs: number
}

export async function startSimulator(request: SimulatorRequest): Promise<SimulationServer> {
  const simulator = makeSimulator(request)
  const { port, latencyMs, faults, seed } = request
  return serve(simulator, {
    port,
    latencyMs,
    ...(faults === null
      ? {}
      : { faults: faultPlan({ seed, rates: faults as Partial<Record<FaultKind, number>> }) }),
  })
}

export function makeSimulator(
  request: Pick<SimulatorRequest, 'platform' | 'contacts' | 'seed' | 'quirks'>,
): Simulator {
  const module = SIMULATORS.find(
    ({ platform, aliases }) => platform === request.platform || aliases.includes(request.platform),
  )
  if (module === undefined) {
    const known = SIMULATORS.map(({ platform }) => platform)
    const hint = didYouMean(request.platform, known) || `known: ${known.join(', ')}`
    throw new ConfigError('simulate', [
      { path: '', line: null, message: `there is no simulator of "${request.platform}"`, hint },
    ])
  }
  const { contacts, seed, quirks } = request
  return module.create({ contacts, seed, quirks, now: systemClock.now })
}
