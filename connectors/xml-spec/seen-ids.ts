/** A set of contact ids that stays small: ids are numbers that lie close together, so a bit each. A million of them take a few hundred kilobytes. */

export interface SeenIds {
  /** `<AccountNumber>/<Contact_id>`, or any other text. */
  add(key: string): void
  readonly size: number
}

const BLOCK_BITS = 32_768
const NUMBERED = /^(\d*)\/(\d{1,12})$/

export function seenIds(): SeenIds {
  const blocks = new Map<string, Uint32Array>()
  const others = new Set<string>()
  let numbered = 0
  return {
    add(key) {
      const match = NUMBERED.exec(key)
      if (match === null) {
        others.add(key)
        return
      }
      const [, account = '', digits = ''] = match
      const id = Number(digits)
      const name = `${account}/${Math.floor(id / BLOCK_BITS)}`
      let block = blocks.get(name)
      if (block === undefined) {
        block = new Uint32Array(BLOCK_BITS / 32)
        blocks.set(name, block)
      }
      const bit = id % BLOCK_BITS
      const word = bit >>> 5
      const mask = 1 << (bit & 31)
      const before = block[word] ?? 0
      if ((before & mask) !== 0) return
      block[word] = before | mask
      numbered += 1
    },
    get size() {
      return numbered + others.size
    },
  }
}
