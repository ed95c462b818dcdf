/** Holds the claims of a connector against what an account does: a real one, or a simulated platform in this process. */
import type { Bench } from '../conformance/bench.ts'
import type { Probe } from '../conformance/probe.ts'
import { PROBES } from '../conformance/probes.ts'
import { conformance, type Report, type ReportLine } from '../conformance/suite.ts'
import { virtualClock } from '../simulation/virtual-clock.ts'
import type { App } from './app.ts'
import { simulatedStage, type SimulatedStageOptions } from './conformance-stage.ts'
import { connectionOf } from './app.ts'
import { refuseWriting } from './read-only.ts'

export { capabilityTable } from '../conformance/capability-table.ts'
export { reportText, sumsOf } from '../conformance/report.ts'
export { PROBE_NAME } from '../conformance/hands.ts'
export { PROBES }
export type { Report, ReportLine } from '../conformance/suite.ts'

export interface ConnectionTest {
  readonly connection: string
  /** False: only probes that look. */
  readonly mayWrite: boolean
  readonly told: (line: ReportLine) => void
}

/** Throws ConfigError, ReadOnlyConnection, and ConnectorError when the login is refused. */
export async function testConnection(
  app: App,
  test: ConnectionTest,
  signal: AbortSignal,
): Promise<Report> {
  const { connection, mayWrite, told } = test
  const { clock } = app.env
  if (mayWrite) refuseWriting(app.config, connection, 'the test of the connector')
  const reader = await app.reader(connection)
  const writer = mayWrite ? await app.writer(connection) : null
  await reader.check(signal)
  await writer?.check(signal)
  const bench: Bench = {
    clock,
    signal,
    reader,
    writer,
    backstage: null,
    // Two tests that begin in one second are told apart by what only one of them creates.
    nonce: `${Math.floor(clock.now() / 1_000).toString(36)}${Math.floor(app.random() * 46_656).toString(36)}`,
    pagesMax: LIVE_PAGES_MAX,
    open: () => reader,
    // The app closes what it opened.
    close: async () => {},
  }
  return conformance(
    {
      platform: connectionOf(app.config, connection).platform,
      lend: () => Promise.resolve(bench),
    },
    signal,
    { told },
  )
}

/** A big account is not read whole for a question. */
const LIVE_PAGES_MAX = 10

export type SimulatedTest = Omit<SimulatedStageOptions, 'clock'> & {
  readonly told?: (line: ReportLine) => void
  /** All of them unless told. */
  readonly probes?: readonly Probe[]
}

/** In virtual time. Throws ConfigError when there is no such simulator. */
export function testSimulated(test: SimulatedTest, signal: AbortSignal): Promise<Report> {
  const clock = virtualClock(SIMULATED_START_MS)
  const { told = () => {}, probes = PROBES, ...options } = test
  return clock.drive(conformance(simulatedStage({ ...options, clock }), signal, { told, probes }))
}

/** After everything that the invented people have done, and far from the hours that a zone skips or repeats. */
const SIMULATED_START_MS = Date.parse('2026-11-20T15:00:00Z')
