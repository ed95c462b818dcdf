/**
 * Reads what one side has and says what the other should hold. Everything that can be known before the first record is worked out by
 * then: a projection only walks its steps, and a value that is not there costs a look-up.
 */
import type { Fields, FieldPath, FieldValue } from '../model/field.ts'
import type { Text } from './convert.ts'
import type { FieldRule, Loss, Projection } from './mapping.ts'
import type { Step, Trace } from './steps.ts'
import type { Change } from './transform.ts'

export interface Course {
  /** The path that is written. */
  readonly path: FieldPath
  /** Where the value is read: the first that is filled. */
  readonly from: readonly FieldPath[]
  /** Extension of the number at the same position in `from`, where the target has no place of its own for it. */
  readonly extensions: readonly (FieldPath | null)[]
  /** True where another rule has taken this value already. */
  readonly isTaken: ((source: Fields) => boolean) | null
  readonly blank: FieldRule['blank']
  readonly changes: readonly Change[]
  /** Whether `changes` make a value of nothing (`default`, `template`). */
  readonly fillsBlank: boolean
  readonly steps: readonly Step[]
}

const ABSENT: Projection = { kind: 'absent' }
const NO_LOSSES: readonly Loss[] = []
const CLEARED: Projection = { kind: 'value', value: null, losses: NO_LOSSES }

export function projector(course: Course): (source: Fields) => Projection {
  const { from, extensions, isTaken, changes, fillsBlank, steps, path } = course
  const isConstant = from.length === 0
  const clears = course.blank === 'clear'
  return (source) => {
    let chosen = -1
    let known = 0
    let value: Text | null = null
    for (const candidate of from) {
      chosen++
      const found = source[candidate]
      if (found === undefined) continue
      known++
      if (isFilled(found)) {
        value = found
        break
      }
    }
    if (value === null) {
      if (known === 0 && !isConstant) return ABSENT
      if (!fillsBlank) return clears && known === from.length ? CLEARED : ABSENT
    } else if (isTaken?.(source)) return ABSENT

    for (const change of changes) value = change(value, source)
    if (value === null) return clears && known === from.length ? CLEARED : ABSENT
    const extension = extensions[chosen] ?? null
    if (extension !== null) value = withExtension(value, source[extension])

    const trace: Trace = { path, losses: null, stop: null }
    for (const step of steps) {
      value = step(value, trace, source)
      if (trace.stop !== null) return trace.stop
      if (value === null || value === '') break
    }
    if (value === null || value === '') {
      return trace.losses === null ? ABSENT : { kind: 'absent', losses: trace.losses }
    }
    return { kind: 'value', value, losses: trace.losses ?? NO_LOSSES }
  }
}

export function isFilled(value: FieldValue | undefined): value is Text {
  if (value === undefined || value === null || value.length === 0) return false
  if (typeof value !== 'string') return true
  const first = value.charCodeAt(0)
  return first > 32 && first !== 160 ? true : value.trim() !== ''
}

function withExtension(value: Text, extension: FieldValue | undefined): Text {
  if (typeof value !== 'string' || typeof extension !== 'string') return value
  const digits = extension.trim().replace(/^(?:x|ext\.?)\s*/i, '')
  return digits === '' || / x\S+$/.test(value) ? value : `${value} x${digits}`
}
