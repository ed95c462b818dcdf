/** The vocabulary that rows use, collected while they pass: paths, tags, groups, owners, and what their values could be. */
import type { FieldPath, FieldValue, ValueType } from '../../src/model/field.ts'
import { isWellFormed } from '../../src/model/norm.ts'
import type { Sighting } from '../../src/model/sighting.ts'

/** A class, since it grows while rows pass. */
export class Words {
  readonly paths = new Map<FieldPath, Guess>()
  readonly tags = new Set<string>()
  readonly groups = new Set<string>()
  readonly owners = new Set<string>()
  /** Whether some consent is on record. */
  hasConsents = false

  add(contact: Pick<Sighting, 'fields' | 'tags' | 'groups' | 'consents'>): void {
    if ((contact.consents ?? []).length > 0) this.hasConsents = true
    for (const path in contact.fields) {
      let guess = this.paths.get(path)
      if (guess === undefined) {
        guess = new Guess()
        this.paths.set(path, guess)
      }
      guess.add(contact.fields[path] ?? null)
    }
    const { owner } = contact.fields
    if (typeof owner === 'string' && owner !== '') this.owners.add(owner)
    for (const tag of contact.tags ?? []) this.tags.add(tag)
    for (const group of contact.groups ?? []) this.groups.add(group)
  }
}

/** Longer than this, a text does not fit the short text fields of other platforms. */
const SHORT_CHARS_MAX = 191

/** What the values of one field all are. A type is only guessed where every value is one; digits are texts, since 01067 may be a postal code. */
export class Guess {
  #isFilled = false
  #isList = false
  #isLong = false
  #could: ValueType[] = ['boolean', 'date', 'datetime']

  add(value: FieldValue): void {
    if (value === null || value === '') return
    if (typeof value !== 'string') {
      this.#isList = true
      return
    }
    this.#isFilled = true
    if (this.#could.length > 0) {
      this.#could = this.#could.filter((type) => isWellFormed(type, value))
    }
    if (!this.#isLong) this.#isLong = value.length > SHORT_CHARS_MAX || value.includes('\n')
  }

  get type(): ValueType {
    if (this.#isList) return 'choices'
    if (!this.#isFilled) return 'text'
    return this.#could[0] ?? (this.#isLong ? 'longtext' : 'text')
  }

  /** Whether some value was not empty. */
  get isUsed(): boolean {
    return this.#isFilled || this.#isList
  }
}
