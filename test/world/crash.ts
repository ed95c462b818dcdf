/** A process that stops in the midst: whatever it calls from then on has no effect, as if it were not there. */
import type { StateStore } from '../../src/state/store.ts'

export class Crashed extends Error {
  override readonly name = 'Crashed'
  constructor() {
    super('this process was killed')
  }
}

export type CommitMoment = 'before commit' | 'in commit' | 'after commit'

export interface Vitals {
  readonly isDead: () => boolean
  /** Resolves when the process is not frozen. */
  thawed(): Promise<void>
  /** Told at every commit; may kill or freeze the process. */
  readonly at: (moment: CommitMoment) => void
  /** Sees what reaches the state: family, method, arguments. */
  readonly saw: (family: string, method: string, args: readonly unknown[]) => void
}

/** The store as a process sees it that may die at any commit. */
export function mortal(store: StateStore, vitals: Vitals): StateStore {
  const alive = () => {
    if (vitals.isDead()) throw new Crashed()
  }
  const outside = families(store, vitals, async () => {
    await vitals.thawed()
    alive()
  })
  return Object.assign(outside, {
    transaction: (async (fences, work) => {
      vitals.at('before commit')
      await vitals.thawed()
      alive()
      const result = await store.transaction(fences, async (inner) => {
        const done = await work(
          Object.assign(
            families(inner, vitals, async () => alive()),
            rest(store),
          ),
        )
        vitals.at('in commit')
        alive()
        return done
      })
      vitals.at('after commit')
      await vitals.thawed()
      alive()
      return result
    }) satisfies StateStore['transaction'],
  })
}

type Families = Omit<StateStore, 'transaction' | 'place' | 'flush' | 'close'>
/** Whole, or it does not compile. */
const WRAPPED: Readonly<Record<keyof Families, true>> = {
  meta: true,
  runs: true,
  slices: true,
  leases: true,
  staging: true,
  links: true,
  plans: true,
  joins: true,
  starts: true,
  notes: true,
  companies: true,
  copies: true,
  vocabulary: true,
  journal: true,
  cases: true,
  rulings: true,
  cursors: true,
  absences: true,
  tombstones: true,
  turns: true,
  directory: true,
  audit: true,
  retention: true,
}
const FAMILIES = Object.keys(WRAPPED) as (keyof Families)[]

function rest(store: StateStore): Pick<StateStore, 'place' | 'flush' | 'close'> {
  return { place: store.place, flush: () => store.flush(), close: () => store.close() }
}

type Method = (...args: unknown[]) => Promise<unknown>

function families(store: StateStore, vitals: Vitals, enter: () => Promise<void>): StateStore {
  const wrap = (family: keyof Families): object => {
    const methods = Object.entries(store[family] as unknown as Record<string, Method>).map(
      ([name, method]) => [
        name,
        async (...args: unknown[]) => {
          await enter()
          vitals.saw(family, name, args)
          return method(...args)
        },
      ],
    )
    return Object.fromEntries(methods)
  }
  const view = {
    ...rest(store),
    transaction: () => Promise.reject(new Error('a transaction does not begin inside another one')),
  }
  // Most transactions touch two families: each is wrapped when it is asked for.
  for (const family of FAMILIES)
    Object.defineProperty(view, family, {
      configurable: true,
      enumerable: true,
      get() {
        const value = wrap(family)
        Object.defineProperty(view, family, { value, enumerable: true })
        return value
      },
    })
  return view as object as StateStore
}
