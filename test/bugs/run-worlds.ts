/**
 * A process of its own: plays worlds on the program with the bug whose number it is sent, and tells after how many of them a promise broke.
 * One message for each seed, so that who waits can tell a long search from a program that goes round in circles.
 */
import type * as Playing from '../world/play.ts'
import { installBugs } from './hook.ts'

export interface Asked {
  readonly bug: number
  readonly seeds: number
}
export type Told =
  | { readonly kind: 'played'; readonly seed: number }
  | {
      readonly kind: 'found'
      readonly seed: number
      readonly invariant: string
      readonly text: string
    }
  | { readonly kind: 'survived' }

installBugs()
process.on('message', (asked: Asked) => {
  void answer(asked)
})

async function answer({ bug, seeds }: Asked): Promise<void> {
  const { play } = (await import(`../world/play.ts?bug=${bug}`)) as typeof Playing
  for (let seed = 0; seed < seeds; seed += 1) {
    const broken = await firstBroken(play, seed)
    if (broken !== null) return tell({ kind: 'found', seed, ...broken })
    tell({ kind: 'played', seed })
  }
  tell({ kind: 'survived' })
}

async function firstBroken(
  play: typeof Playing.play,
  seed: number,
): Promise<{ readonly invariant: string; readonly text: string } | null> {
  try {
    return (await play({ seed })).violations[0] ?? null
  } catch (error) {
    return { invariant: 'simulation', text: String(error) }
  }
}

function tell(told: Told): void {
  process.send?.(told)
}
