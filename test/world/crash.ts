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
        const done = await work(families(inner, vitals, async () => alive()))
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

type Method = (...args: unknown[]) => Promise<unknown>

/** Most transactions touch two families: each is wrapped when it is asked for. */
class View {
  readonly store: StateStore
  readonly vitals: Vitals
  readonly enter: () => Promise<void>
  readonly wrapped = new Map<keyof Families, object>()

  constructor(store: StateStore, vitals: Vitals, enter: () => Promise<void>) {
    this.store = store
    this.vitals = vitals
    this.enter = enter
  }

  family(name: keyof Families): object {
    const known = this.wrapped.get(name)
    if (known !== undefined) return known
    const { store, vitals, enter } = this
    const wrapped: Record<string, Method> = {}
    const methods = store[name] as unknown as Record<string, Method>
    for (const method of Object.keys(methods))
      wrapped[method] = async (...args) => {
        await enter()
        vitals.saw(name, method, args)
        return methods[method]?.(...args)
      }
    this.wrapped.set(name, wrapped)
    return wrapped
  }

  get place(): string {
    return this.store.place
  }
  flush(): Promise<void> {
    return this.store.flush()
  }
  close(): Promise<void> {
    return this.store.close()
  }
  transaction(): Promise<never> {
    return Promise.reject(new Error('a transaction does not begin inside another one'))
  }
}
for (const name of FAMILIES)
  Object.defineProperty(View.prototype, name, {
    get(this: View) {
      return this.family(name)
    },
  })

function families(store: StateStore, vitals: Vitals, enter: () => Promise<void>): StateStore {
  return new View(store, vitals, enter) as object as StateStore
}
