/** Seeded people that fill the simulators: a realistic, messy account, the same for the same seed. */

export type { Person, PersonEmail, PersonField, PersonTag } from './people/person.ts'
export { people } from './people/stream.ts'
export { CUSTOM_FIELDS, GROUPS, TAGS } from './people/vocabulary.ts'
