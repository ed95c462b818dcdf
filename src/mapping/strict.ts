/** Lets only those values through a narrower type that would come back as they are. */
import type { Fields, FieldValue } from '../model/field.ts'
import { norm } from '../model/norm.ts'
import { conversion, Refused } from './convert.ts'
import type { Projection } from './mapping.ts'
import type { Pairing } from './workbench.ts'

/** "36" is a number and comes back as "36"; "007" would come back as "7", and "many" not at all: these are left to another rule. */
export function strictly(
  project: (source: Fields) => Projection,
  { sources, target, part }: Pairing,
): (source: Fields) => Projection {
  const [source] = sources
  if (source === undefined) return project
  const back = conversion(target.type, source.type)
  const comesBack = (there: FieldValue, here: FieldValue): boolean => {
    if (there === null || here === null) return false
    // An option goes by its value there and by its label here: the list decided already.
    if (target.options !== null && target.options.length > 0) return true
    if (target.type === 'boolean' && ANSWER.test(textOf(here).trim())) return true
    if (target.type === 'number' && !PLAIN_NUMBER.test(textOf(there).trim())) return false
    const returned = back.apply === null ? there : back.apply(there)
    if (returned instanceof Refused) return false
    return norm(source.type, returned) === norm(source.type, here)
  }
  return (fields) => {
    const projection = project(fields)
    if (projection.kind !== 'value' || projection.losses.length > 0) return ABSENT
    const isSame = part !== null || comesBack(projection.value, fields[source.path] ?? null)
    return isSame ? projection : ABSENT
  }
}

const ABSENT: Projection = { kind: 'absent' }
/** Words that say nothing beside their answer. */
const ANSWER = /^(?:true|false|yes|no)$/i
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/

function textOf(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(', ')
}
