/** A compact multi-map from the hash of a text to places in a file: 12 bytes a slot, whatever the texts. Its answers are candidates, to be read and compared. */

const SLOTS_MIN = 1_024
const LOAD_MAX = 0.6
const FREE = -1

/** A class, since it owns memory that grows. */
export class OffsetTable {
  #hashes = new Uint32Array(SLOTS_MIN)
  #places = new Float64Array(SLOTS_MIN).fill(FREE)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** `place`: 0 or more. */
  add(text: string, place: number): void {
    if (this.#size + 1 > this.#places.length * LOAD_MAX) this.#grow()
    this.#put(hashOf(text), place)
    this.#size += 1
  }

  /** Places under this text or another of the same hash, in no order. */
  candidates(text: string): number[] {
    const hash = hashOf(text)
    const mask = this.#places.length - 1
    const found: number[] = []
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = this.#places[slot] ?? FREE
      if (place === FREE) return found
      if (this.#hashes[slot] === hash) found.push(place)
    }
  }

  #put(hash: number, place: number): void {
    const mask = this.#places.length - 1
    let slot = hash & mask
    while (this.#places[slot] !== FREE) slot = (slot + 1) & mask
    this.#hashes[slot] = hash
    this.#places[slot] = place
  }

  #grow(): void {
    const [hashes, places] = [this.#hashes, this.#places]
    this.#hashes = new Uint32Array(hashes.length * 2)
    this.#places = new Float64Array(places.length * 2).fill(FREE)
    for (const [slot, place] of places.entries()) {
      if (place !== FREE) this.#put(hashes[slot] ?? 0, place)
    }
  }
}

/** FNV-1a over the code units, then stirred so that the low bits depend on all. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
