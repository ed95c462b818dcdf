/** Cheap repeatable chance: one stream of numbers per seed and turn (mulberry32). */

export interface Dice {
  /** Starts the stream of turn `n` anew: what one person draws never moves what the next one draws. */
  turn(n: number): void
  /** [0, 1). */
  next(): number
  /** Whole number in [0, n). */
  below(n: number): number
  chance(probability: number): boolean
  /** One of a list that has at least one member. */
  pick<T>(list: readonly T[]): T
}

export function dice(seed: number): Dice {
  let state = 0
  const self: Dice = {
    turn(n) {
      state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(n + 1, 0xc2b2ae35)
      state = mix(state) | 0
    },
    next() {
      state = (state + 0x6d2b79f5) | 0
      return mix(state) / 4294967296
    },
    below: (n) => Math.floor(self.next() * n),
    chance: (probability) => self.next() < probability,
    pick(list) {
      const found = list[self.below(list.length)]
      if (found === undefined) throw new RangeError('nothing to pick from')
      return found
    },
  }
  self.turn(0)
  return self
}

function mix(value: number): number {
  let t = Math.imul(value ^ (value >>> 15), value | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return (t ^ (t >>> 14)) >>> 0
}
