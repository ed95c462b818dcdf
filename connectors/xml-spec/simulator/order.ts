/** Contacts in the documented order, sorted once and kept sorted, so that a page is a slice. */

export interface Sortable {
  /** Lastname, Firstname, Email in one comparable text. */
  readonly key: string
  readonly id: number
}

export interface Order<T extends Sortable> {
  /** All of them, in order. Not to be changed by the caller; stale after the next change. */
  all(): readonly T[]
  insert(item: T): void
  /** While `item.key` still is what it was when it was inserted. */
  remove(item: T): void
}

/** `load` gives every item, in any order, when the first reader comes. */
export function order<T extends Sortable>(load: () => Iterable<T>): Order<T> {
  let sorted: T[] | null = null
  return {
    all() {
      sorted ??= [...load()].sort(compare)
      return sorted
    },
    insert(item) {
      sorted?.splice(position(sorted, item), 0, item)
    },
    remove(item) {
      if (sorted === null) return
      const at = position(sorted, item)
      if (sorted[at] !== item) throw new RangeError(`contact ${item.id} is not where it belongs`)
      sorted.splice(at, 1)
    },
  }
}

function compare(a: Sortable, b: Sortable): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1
  return a.id - b.id
}

/** First place whose item does not come before `item`. */
function position(sorted: readonly Sortable[], item: Sortable): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = sorted[middle]
    if (other !== undefined && compare(other, item) < 0) low = middle + 1
    else high = middle
  }
  return low
}
