/** The tags of a new account and who carries them. */
import { type Person, type PersonTag, TAGS } from '../../people.ts'
import type { Account } from './account.ts'
import type { Wall } from './wall.ts'

const firstTagId = 91
const firstCategoryId = 10

export function seedTags(account: Account): void {
  const names = [...new Set(TAGS.map((tag) => tag.category).filter((name) => name !== ''))]
  names.forEach((name, i) => {
    account.tagCategories.push({
      Id: firstCategoryId + i * 2,
      CategoryName: name,
      CategoryDescription: i === 0 ? '' : undefined,
    })
  })
  TAGS.forEach((tag, i) => {
    const at = names.indexOf(tag.category)
    account.tags.push({
      Id: tagId(i),
      GroupName: tag.name,
      // No category is 0.
      GroupCategoryId: at < 0 ? 0 : firstCategoryId + at * 2,
      GroupDescription: DESCRIPTIONS[i % DESCRIPTIONS.length],
    })
  })
}

const DESCRIPTIONS = ['', undefined, 'Set by the web form & the shop <internal>'] as const

/** Tag ids and the times they were given by turns. Of two tags with one name a person has the first, the second or both. */
export function tagsOf(account: Account, person: Person, created: Wall, updated: Wall): number[] {
  if (account.tags.length === 0) return []
  const tags: number[] = []
  for (const name of person.tags) {
    const indexes = byName.get(name) ?? []
    const chosen =
      indexes.length > 1 && person.number % 3 < 2 ? [indexes[person.number % 3] ?? 0] : indexes
    for (const index of chosen) {
      const when = Math.min(Math.max(created, updated), created + (tags.length >> 1) * 3600)
      tags.push(tagId(index), when)
    }
  }
  // A copy holds no spare room.
  return tags.slice()
}

const byName = indexesByName(TAGS)

function indexesByName(tags: readonly PersonTag[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  tags.forEach((tag, i) => {
    found.set(tag.name, [...(found.get(tag.name) ?? []), i])
  })
  return found
}

function tagId(index: number): number {
  return firstTagId + index * 2
}
