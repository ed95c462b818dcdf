/** What a benchmark is: a name, what it measures in words, and lines that each hold a measured value against a reference and a bar. */

export interface Benchmark {
  /** As given on the command line. */
  readonly name: string
  /** One line for `--help`. */
  readonly about: string
  /** False: runs only when it is named, or with `--full`. */
  readonly isDefault: boolean
  run(bench: Bench): Promise<readonly Line[]>
}

/** What the command line and the shared measurements give a benchmark. */
export interface Bench {
  /** Size of the account that migrations are measured on. */
  readonly contacts: number
  /** Timed repetitions of a migration; the median counts. */
  readonly repeats: number
  /** The large sizes too: takes many minutes. */
  readonly isFull: boolean
  /** File of accounts that `bench/standing.ts` keeps ready, for `second-run`. */
  readonly standing: string | null
  /** Talk on stderr: what is running right now. */
  say(text: string): void
}

export interface Line {
  readonly benchmark: string
  /** What was measured, with its size: `migration, 20,000 contacts`. */
  readonly what: string
  /** The measured value and what it is held against, in words and units. */
  readonly measured: string
  readonly reference: string
  /** The number that is judged, in the unit of the bar. */
  readonly value: number
  readonly unit: Unit
  /** null: told, not judged. */
  readonly bar: Bar | null
}
/** `x` is a ratio. */
export type Unit = 'x' | '%' | 'µs' | 's' | 'MB' | 'requests'
export type Bar = { readonly atMost: number } | { readonly atLeast: number }

export interface Verdict {
  readonly isMet: boolean
  /** How far on the good or the bad side of the bar, as a share of the bar. */
  readonly share: number
}

export function judge(line: Pick<Line, 'value' | 'bar'>): Verdict | null {
  const { value, bar } = line
  if (bar === null) return null
  if ('atMost' in bar && bar.atMost === 0) return { isMet: value <= 0, share: value }
  if ('atMost' in bar)
    return { isMet: value <= bar.atMost, share: Math.abs(value / bar.atMost - 1) }
  return { isMet: value >= bar.atLeast, share: Math.abs(value / bar.atLeast - 1) }
}
