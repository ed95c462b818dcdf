/** A full migration against a bare script that sends the same requests: what the engine adds to what must be done anyway. */
import type { Benchmark } from './benchmark.ts'
import { median } from './median.ts'
import { moveOf } from './move.ts'
import { amount, seconds } from './table.ts'

export const migration: Benchmark = {
  name: 'migration',
  about: 'wall time of `ferry migrate` against a bare script that sends the same requests',
  isDefault: true,
  async run(bench) {
    const move = await moveOf(bench)
    const engineMs = median(move.engine.map((run) => run.wallMs))
    const bareMs = median(move.bare.map((run) => run.wallMs))
    const runMs = median(move.engine.map((run) => run.document.seconds * 1000))
    const scriptMs = median(move.bare.map((run) => run.ms))
    const engineCpuMs = median(move.engine.map((run) => run.cpuMs))
    const scriptCpuMs = median(move.bare.map((run) => run.cpuMs))
    const withServers = [
      median(move.engine.map((run) => run.cpuMs + run.serversMs)),
      median(move.bare.map((run) => run.cpuMs + run.serversMs)),
    ] as const
    const what = `migration, ${amount(move.contacts)} contacts`
    const ratio = { benchmark: 'migration', unit: 'x' } as const
    return [
      {
        ...ratio,
        what: `${what}, whole process, median of ${move.engine.length}`,
        measured: seconds(engineMs),
        reference: `${seconds(bareMs)} bare script, ${amount(move.recording.steps.length)} requests`,
        value: engineMs / bareMs,
        bar: { atMost: 2 },
      },
      {
        ...ratio,
        what: `${what}, the run alone`,
        measured: seconds(runMs),
        reference: `${seconds(scriptMs)} first request to last answer`,
        value: runMs / scriptMs,
        bar: null,
      },
      {
        ...ratio,
        what: `${what}, processor time with the servers'`,
        measured: `${seconds(withServers[0])}, ${seconds(engineCpuMs)} engine`,
        reference: `${seconds(withServers[1])}, ${seconds(scriptCpuMs)} script`,
        value: withServers[0] / withServers[1],
        bar: null,
      },
    ]
  },
}
