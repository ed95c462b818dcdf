/** Makes a failing seed smaller, stream by stream: the streams do not touch each other, so what is left out changes nothing else. */
import { play, type PlayOptions, type Played } from './play.ts'

export interface Shrunk {
  readonly options: PlayOptions
  readonly violations: Played['violations']
  /** How often it was played. */
  readonly tries: number
}

export async function shrink(
  whole: PlayOptions,
  invariant: string,
  triesMax: number,
): Promise<Shrunk> {
  const first = await play(whole)
  let options = whole
  let violations = first.violations
  let tries = 1
  const stillFails = async (smaller: PlayOptions): Promise<boolean> => {
    if (tries >= triesMax) return false
    tries += 1
    const played = await play(smaller)
    const isSame = played.violations.some((violation) => violation.invariant === invariant)
    if (isSame) {
      options = smaller
      violations = played.violations
    }
    return isSame
  }
  await stillFails({ ...options, isCalm: true })
  for (const stream of ['faults', 'edits'] as const)
    await thinOut(numbers(first[stream]), async (kept) =>
      stillFails({ ...options, [stream]: new Set(kept) }),
    )
  return { options, violations, tries }
}

/** Leaves out halves, then quarters, … as long as it still fails. */
async function thinOut(
  all: readonly number[],
  stillFails: (kept: readonly number[]) => Promise<boolean>,
): Promise<void> {
  let kept = all
  for (let size = kept.length; size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start < kept.length; ) {
      const without = [...kept.slice(0, start), ...kept.slice(start + size)]
      if (await stillFails(without)) kept = without
      else start += size
    }
  }
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => n)
}

/** One line that plays it again. */
export function replayOf({ seed, faults, edits, isCalm, isPlain, cells }: PlayOptions): string {
  const list = (name: string, set: ReadonlySet<number> | undefined) =>
    set === undefined ? '' : ` --${name} ${[...set].join(',') || 'none'}`
  return `npm run simulate:world -- --seed ${seed}${list('faults', faults)}${list('edits', edits)}${isCalm === true ? ' --calm' : ''}${isPlain === true ? ' --plain' : ''}${cells === undefined ? '' : ` --cells ${cells}`}`
}
