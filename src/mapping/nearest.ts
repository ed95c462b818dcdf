/** "Did you mean": the known word that is nearest to what was written. */

/** The nearest of the words; null when none is near enough to be meant. */
export function nearest(word: string, known: Iterable<string>): string | null {
  const wanted = fold(word)
  let best: string | null = null
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const distance = editDistance(wanted, fold(candidate))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return bestDistance <= allowance(wanted) ? best : null
}

/** `did you mean "x"?`, else what is known (a few of it), else ''. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  if (near !== null) return `did you mean "${near}"?`
  if (known.length === 0) return ''
  const shown = known.slice(0, SHOWN_MAX)
  const rest = known.length > shown.length ? ` and ${known.length - shown.length} more` : ''
  return `known here: ${shown.join(', ')}${rest}`
}
const SHOWN_MAX = 12

function allowance(word: string): number {
  if (word.length <= 3) return 1
  return word.length <= 7 ? 2 : 3
}

function fold(text: string): string {
  return text.toLowerCase().replace(/[\s_.-]/g, '')
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (older[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    older = previous
    previous = row
  }
  return previous[b.length] ?? 0
}
