/** I19: a normal form is its own normal form, for every value that people and faults of this seed brought forth, whatever it is taken for. */
import type { ValueType } from '../../src/model/field.ts'
import { norm } from '../../src/model/norm.ts'
import type { World } from './world.ts'

const TYPES: readonly ValueType[] = ['email', 'phone', 'number', 'date', 'country']

export function checkNormalForms(world: World): void {
  const values = new Set(
    Object.values(world.sides).flatMap(({ simulator }) =>
      simulator
        .snapshot()
        .flatMap(({ fields, emails, tags }) => [...Object.values(fields), ...emails, ...tags]),
    ),
  )
  // As text, and as one other type each: over many seeds every kind of value is taken for everything.
  for (const value of values)
    for (const type of [
      'text',
      TYPES[(value.length + world.seed) % TYPES.length] ?? 'text',
    ] as const) {
      const once = norm(type, value)
      if (norm(type, once) !== once)
        world.watch.say('I19', `as ${type}, ${JSON.stringify(value)} is ${JSON.stringify(once)}`)
    }
}
