/** Repeatable randomness for simulations: the same seed gives the same numbers on every machine. */

/** An independent stream in [0, 1) (splitmix32 with a mixed seed). */
export function randomStream(seed: number): () => number {
  let state = mix(seed)
  return () => {
    state = (state + GOLDEN) | 0
    return mix(state) / 2 ** 32
  }
}

/** One number from two, for a stream per request: `randomStream(seedOf(seed, n))`. */
export function seedOf(seed: number, n: number): number {
  return mix(mix(seed) ^ Math.imul(n + 1, GOLDEN))
}

/** 2^32 divided by the golden ratio. */
const GOLDEN = 0x9e3779b9

/** The finisher of splitmix32: every bit of the input moves half the bits of the output. Unsigned. */
function mix(n: number): number {
  let bits = n | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad)
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97)
  return (bits ^ (bits >>> 15)) >>> 0
}
