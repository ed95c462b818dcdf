/** Where a world is when something happens to it: the columns of the fault matrix. */
export const PHASES = ['rest', 'pull', 'plan', 'apply', 'verify'] as const
export type Phase = (typeof PHASES)[number]
export type Side = 'from' | 'to'

export function isPhase(text: string | undefined): text is Phase {
  return PHASES.some((phase) => phase === text)
}
