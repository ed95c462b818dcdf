/** Where tags and groups of the target go in a two-way sync: to the element of the source that they came from, else to one of their own name. */
import type { Capabilities } from '../connector/capabilities.ts'
import type { Group, Tag } from '../model/vocabulary.ts'
import { type Elements, fold, namesOf, selector } from './elements.ts'
import type { ElementTarget, Mapping } from './mapping.ts'

export interface BackParts {
  readonly mapping: Mapping
  /** The way there. */
  readonly elements: Pick<Elements, 'tagTarget' | 'groupTarget'>
  readonly tags: readonly Tag[]
  readonly groups: readonly Group[]
  readonly source: Capabilities
}

export function elementsBack(parts: BackParts): Pick<Elements, 'tagTarget' | 'groupTarget'> {
  const { mapping, source } = parts
  const { known, left } = namesThere(parts)
  const isTag = selector(mapping.tags)
  const isGroup = selector(mapping.groups)
  const can = { tag: source.tags.add, group: source.groups.write !== false }
  // A name that a template made does not say what it was made of.
  const mayBeNew = mapping.tags.rename === null
  const sameName = Map.groupBy(parts.tags, ({ name }) => fold(name))
  const fresh = (as: 'tags' | 'groups', name: string): ElementTarget | null => {
    if (left.has(fold(name))) return null
    if (mapping.tags.as === as && can.tag && isTag([name]) && (as === 'groups' || mayBeNew)) {
      const same = sameName.get(fold(name)) ?? []
      return { kind: 'tag', name, ...(same.length > 1 ? { loss: unclear(same) } : {}) }
    }
    if (mapping.groups.as === as && can.group && isGroup([name])) return { kind: 'group', name }
    return null
  }
  return {
    tagTarget: (tag) => known.get(`tag ${fold(tag.name)}`) ?? fresh('tags', tag.name),
    groupTarget: (group) => known.get(`group ${fold(group.name)}`) ?? fresh('groups', group.name),
  }
}

function unclear(same: readonly Tag[]): string {
  const names = same.map((tag) => `"${namesOf(tag).at(-1)}"`)
  return `the source has ${same.length} tags of this name, and which one is meant is not known: ${names.join(', ')}`
}

/** By kind and folded name at the target: the source's element. `left`: folded names of what the mapping leaves behind. */
function namesThere({ elements, tags, groups }: BackParts): {
  readonly known: ReadonlyMap<string, ElementTarget>
  readonly left: ReadonlySet<string>
} {
  const known = new Map<string, ElementTarget>()
  const left = new Set<string>()
  const enter = (target: ElementTarget | null, own: ElementTarget, names: readonly string[]) => {
    if (target === null) for (const name of names) left.add(fold(name))
    else {
      const place = `${target.kind} ${fold(target.name)}`
      if (!known.has(place)) known.set(place, own)
    }
  }
  for (const tag of tags) {
    const own = { kind: 'tag', name: tag.name, key: tag.key } as const
    enter(elements.tagTarget(tag), own, namesOf(tag))
  }
  for (const group of groups) {
    const own = { kind: 'group', name: group.name, key: group.key } as const
    enter(elements.groupTarget(group), own, [group.name])
  }
  return { known, left }
}
