/** How many calls of a store are under way: where answers come over a socket, virtual time must not pass meanwhile. */
import type { StateStore } from '../../src/state/store.ts'

export interface StoreLoad {
  isBusy(): boolean
  counted(store: StateStore): StateStore
}

export function storeLoad(): StoreLoad {
  let calls = 0
  const during = <A extends unknown[], T>(method: (...args: A) => Promise<T>) => {
    return async (...args: A): Promise<T> => {
      calls += 1
      try {
        return await method(...args)
      } finally {
        calls -= 1
      }
    }
  }
  const family = (methods: object): object =>
    Object.fromEntries(
      Object.entries(methods as Record<string, (...args: unknown[]) => Promise<unknown>>).map(
        ([name, method]) => [name, during(method)],
      ),
    )
  return {
    isBusy: () => calls > 0,
    counted(store) {
      const { transaction, flush, close, place, ...families } = store
      const wrapped = Object.entries(families).map(([name, methods]) => [name, family(methods)])
      return {
        ...(Object.fromEntries(wrapped) as typeof families),
        transaction: (fences, work) => during(() => transaction(fences, work))(),
        flush: during(flush),
        close,
        place,
      }
    },
  }
}
