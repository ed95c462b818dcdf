/** Runs probes over an account and keeps what each found: the record that claims are held against. */
import type { Capabilities } from '../connector/capabilities.ts'
import { ConnectorError } from '../connector/error.ts'
import type { Bench, Stage } from './bench.ts'
import { TooMuch } from './census.ts'
import { type Hands, handsOf } from './hands.ts'
import { differs, type Probe, skipped, type Verdict } from './probe.ts'
import { Unmet } from './unmet.ts'
import { PROBES } from './probes.ts'

export interface Report {
  readonly platform: string
  /** As claimed after the last probe: some are known only once the server has answered. */
  readonly capabilities: Capabilities
  readonly lines: readonly ReportLine[]
  /** Contacts that were created and could not be removed. */
  readonly left: readonly string[]
}
export interface ReportLine {
  readonly probe: string
  readonly asks: string
  readonly verdict: Verdict
}

/**
 * Every probe gives a line; none ends the others. A refused login does, as does an abort: nothing could be told from what follows. Throws
 * ConnectorError (`login`) and the signal's reason.
 */
export async function conformance(
  stage: Stage,
  signal: AbortSignal,
  options: { readonly probes?: readonly Probe[]; readonly told?: (line: ReportLine) => void } = {},
): Promise<Report> {
  const lines: ReportLine[] = []
  const left: string[] = []
  let capabilities: Capabilities | null = null
  for (const probe of options.probes ?? PROBES) {
    signal.throwIfAborted()
    const bench = await stage.lend(signal)
    try {
      const line = {
        probe: probe.name,
        asks: probe.asks,
        verdict: await verdictOf(probe, bench, left),
      }
      lines.push(line)
      options.told?.(line)
      capabilities = bench.reader.capabilities
    } finally {
      await bench.close()
    }
  }
  if (capabilities === null) throw new RangeError('no probe was given')
  return { platform: stage.platform, capabilities, lines, left }
}

async function verdictOf(probe: Probe, bench: Bench, left: string[]): Promise<Verdict> {
  const reason = probe.unless?.(bench.reader.capabilities) ?? null
  if (reason !== null) return skipped(reason)
  if (probe.needs === 'reading') return settled(() => probe.run(bench), bench)
  const { writer, backstage } = bench
  if (writer === null) return skipped('it writes, and nothing may be written here')
  if (probe.needs === 'backstage' && backstage === null) {
    return skipped('it takes a simulated platform to ask this')
  }
  let hands: Hands | null = null
  try {
    return await settled(async () => {
      hands = await handsOf(bench, writer)
      if (probe.needs === 'writing') return probe.run(bench, hands)
      if (backstage === null) return skipped('it takes a simulated platform to ask this')
      return probe.run(bench, hands, backstage)
    }, bench)
  } finally {
    left.push(...(await cleared(hands, bench)))
  }
}

async function settled(run: () => Promise<Verdict>, bench: Bench): Promise<Verdict> {
  try {
    return await run()
  } catch (error) {
    bench.signal.throwIfAborted()
    if (error instanceof Unmet) return differs(error.claimed, error.seen, error.message)
    if (error instanceof TooMuch) return skipped(error.message)
    if (!(error instanceof ConnectorError) || error.kind === 'login') throw error
    return differs('an answer', `${error.kind}: ${error.message}`, error.hint ?? error.message)
  }
}

/** A failure to tidy up must not hide what the probe found; what stayed is told. */
async function cleared(hands: Hands | null, bench: Bench): Promise<readonly string[]> {
  if (hands === null || bench.signal.aborted) return []
  try {
    return await hands.clear()
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return [`contacts of the family name of probes (${error.message})`]
  }
}
