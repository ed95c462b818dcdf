/** Where tags and groups of the source go: names, and whether they are tags or groups there. */
import type { Group, Tag } from '../model/vocabulary.ts'
import type { ElementTarget, Mapping, MappingFinding } from './mapping.ts'
import type { MappingSide } from './side.ts'

export interface Elements {
  tagTarget(tag: Tag): ElementTarget | null
  groupTarget(group: Group): ElementTarget | null
  /** Tag names that stand in several categories: with the rest of the mapping, they decide every name. */
  readonly shared: readonly string[]
  readonly findings: readonly MappingFinding[]
}

export interface ElementParts {
  readonly mapping: Mapping
  readonly tags: readonly Tag[]
  readonly groups: readonly Group[]
  readonly target: Pick<MappingSide, 'title' | 'capabilities' | 'catalog'>
}

export function elementsOf(parts: ElementParts): Elements {
  const { mapping } = parts
  const isTag = selector(mapping.tags)
  const isGroup = selector(mapping.groups)
  const included = parts.tags.filter((tag) => isTag(namesOf(tag)))
  const shared = sharedNames(included)
  const kinds = { tags: kindOf('tags', parts), groups: kindOf('groups', parts) }
  const name = (tag: Tag): string => {
    if (mapping.tags.rename !== null) return rename(mapping.tags.rename, tag)
    return tag.category !== null && tag.category !== '' && shared.has(fold(tag.name))
      ? `${tag.category}: ${tag.name}`
      : tag.name
  }
  return {
    shared: [...shared].sort(),
    tagTarget: (tag) =>
      kinds.tags.kind === null || !isTag(namesOf(tag))
        ? null
        : { kind: kinds.tags.kind, name: name(tag) },
    groupTarget: (group) =>
      kinds.groups.kind === null || !isGroup([group.name])
        ? null
        : { kind: kinds.groups.kind, name: group.name },
    findings: [
      ...(included.length > 0 ? kinds.tags.findings : []),
      ...(parts.groups.length > 0 ? kinds.groups.findings : []),
      ...merged(included, name),
      ...(kinds.tags.kind === 'tag' ? ambiguous(included.map(name), parts.target) : []),
    ],
  }
}

type Kind = ElementTarget['kind']

/** A target that has no groups takes them as tags, and the other way round: nothing is left behind for want of a word. */
function kindOf(
  what: 'tags' | 'groups',
  parts: ElementParts,
): { readonly kind: Kind | null; readonly findings: readonly MappingFinding[] } {
  const { capabilities, title } = parts.target
  const can = { tags: capabilities.tags.add, groups: capabilities.groups.write !== false }
  const wanted = parts.mapping[what].as
  const other = wanted === 'tags' ? 'groups' : 'tags'
  const kinds = { tags: 'tag', groups: 'group' } as const
  if (can[wanted]) return { kind: kinds[wanted], findings: [] }
  if (can[other]) {
    const message = `${title} cannot be given ${wanted}: ${what} become ${other} there`
    const hint = `write \`${what}: { as: ${other} }\` to say so, or \`exclude: "*"\` to leave them`
    return { kind: kinds[other], findings: [{ level: 'note', path: `${what}.as`, message, hint }] }
  }
  const message = `${title} takes neither tags nor groups: ${what} stay behind`
  return { kind: null, findings: [{ level: 'warning', path: what, message, hint: '' }] }
}

function rename(template: string, tag: Tag): string {
  const category = tag.category ?? ''
  const shape = category === '' ? template.replace(/\{category\}[^{]*/g, '') : template
  const name = shape.replaceAll('{category}', () => category).replaceAll('{name}', () => tag.name)
  return name.trim() === '' ? tag.name : name.trim()
}

/** Different tags that become one: worth telling, unless they cannot be told apart at the source either. */
function merged(tags: readonly Tag[], name: (tag: Tag) => string): readonly MappingFinding[] {
  return [...Map.groupBy(tags, name)].flatMap(([target, sources]): readonly MappingFinding[] => {
    if (sources.length < 2) return []
    const whole = new Set(sources.map((tag) => `${tag.category ?? ''}: ${tag.name}`))
    const message = `${sources.length} source tags become one tag "${target}": ${[...whole].join(', ')}`
    const hint = 'rename or exclude one of them if they mean different things'
    return [{ level: whole.size > 1 ? 'warning' : 'note', path: 'tags', message, hint }]
  })
}

/** A name that several tags of the target have: one of them is taken, and people should know which. */
function ambiguous(
  names: readonly string[],
  { title, catalog }: ElementParts['target'],
): readonly MappingFinding[] {
  const there = Map.groupBy(catalog.tags, (tag) => fold(tag.name))
  return [...new Set(names.map(fold))].flatMap((folded): readonly MappingFinding[] => {
    const [first, ...others] = there.get(folded) ?? []
    if (first === undefined || others.length === 0) return []
    const where = [first, ...others].map(({ category }) => category ?? 'no category')
    const message = `${title} has ${where.length} tags called "${first.name}" (${where.join(', ')}): one of them is given`
    const hint = 'rename the others there, or use `tags.rename` to name the one that is meant'
    return [{ level: 'warning', path: 'tags', message, hint }]
  })
}

/** Folded names that occur in more than one category. */
function sharedNames(tags: readonly Tag[]): ReadonlySet<string> {
  const categories = Map.groupBy(tags, ({ name }) => fold(name))
  const isShared = (same: readonly Tag[]): boolean =>
    new Set(same.map(({ category }) => category ?? '')).size > 1
  return new Set([...categories].filter(([, same]) => isShared(same)).map(([name]) => name))
}

export function namesOf(tag: Tag): readonly string[] {
  const { category, name } = tag
  return category === null || category === '' ? [name] : [name, `${category}: ${name}`]
}

interface Selection {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

/** Globs over a name, or over `category: name`: `*` anything, `?` one character; case does not matter. */
export function selector(selection: Selection): (names: readonly string[]) => boolean {
  const include = selection.include.map(glob)
  const exclude = selection.exclude.map(glob)
  return (names) =>
    names.some((name) => include.some((pattern) => pattern.test(name))) &&
    !names.some((name) => exclude.some((pattern) => pattern.test(name)))
}

function glob(text: string): RegExp {
  const pattern = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`, 'isu')
}

export function fold(text: string): string {
  return text.normalize('NFC').trim().toLowerCase()
}
