/** Contacts by a text they carry (e-mail, names); built when first asked, kept up afterwards. */

export interface Lookup<T> {
  /** In order of insertion. */
  find(key: string): readonly T[]
  add(key: string, item: T): void
  remove(key: string, item: T): void
}

export function lookup<T>(load: () => Iterable<T>, keyOf: (item: T) => string): Lookup<T> {
  let known: Map<string, readonly T[]> | null = null
  function put(map: Map<string, readonly T[]>, key: string, item: T): void {
    if (key !== '') map.set(key, [...(map.get(key) ?? []), item])
  }
  return {
    find(key) {
      if (known === null) {
        known = new Map()
        for (const item of load()) put(known, keyOf(item), item)
      }
      return known.get(key) ?? []
    },
    add(key, item) {
      if (known !== null) put(known, key, item)
    },
    remove(key, item) {
      const rest = known?.get(key)?.filter((other) => other !== item)
      if (rest === undefined) return
      if (rest.length === 0) known?.delete(key)
      else known?.set(key, rest)
    },
  }
}
