/** Which fields, tags, groups and owners the contacts of a file can refer to: those it has, and every standard field that it could have. */
import { type FieldPath, isCustom, STANDARD_FIELDS, type ValueType } from '../../src/model/field.ts'
import { isEmail } from '../../src/model/email.ts'
import type { Catalog, FieldDefinition, Group, Tag } from '../../src/model/vocabulary.ts'
import type { View } from './client.ts'

export function catalogOf(view: View): Catalog {
  const { survey, log, declarations } = view
  const words = [survey.words, log.known.words]
  const named = (kind: 'tags' | 'groups'): readonly string[] =>
    [...new Set([...declarations[kind], ...words.flatMap((each) => [...each[kind]])])].sort()
  const owners = [...new Set(words.flatMap((each) => [...each.owners]))].sort()
  return {
    fields: fieldsOf(view),
    tags: named('tags').map(tagNamed),
    groups: named('groups').map(groupNamed),
    owners: owners.map((name) => ({ key: name, name, email: isEmail(name) ? name : null })),
  }
}

/** Tags and groups of a file are their names. */
export function tagNamed(name: string): Tag {
  return { key: name, name, category: null, description: null }
}
export function groupNamed(name: string): Group {
  return { key: name, name, description: null, writable: true }
}

export function fieldsOf(view: View): readonly FieldDefinition[] {
  const present = presentPaths(view)
  const paths = new Set<FieldPath>([...present.keys(), ...POSSIBLE_PATHS])
  return [...paths].map((path) => {
    const native = present.get(path)
    return definitionOf(view, path, { native: native ?? path, isPresent: native !== undefined })
  })
}

export function definitionOf(
  view: View,
  path: FieldPath,
  about: { readonly native: string; readonly isPresent: boolean },
): FieldDefinition {
  const { options = null } = view.declarations.fields[path] ?? {}
  return {
    path,
    native: about.native,
    label: labelOf(path),
    type: typeOf(view, path),
    readable: about.isPresent,
    // Owners are people of an account; a file has no list of them to write one from (README, "owner").
    writable: path !== 'owner',
    maxLength: null,
    options,
    isUnique: false,
    isRequired: false,
  }
}

/** Fields that the file has, with the header or key under which it has them. */
function presentPaths(view: View): ReadonlyMap<FieldPath, string> {
  const { layout, survey, log, declarations } = view
  const paths = new Map<FieldPath, string>()
  for (const { header, role } of layout.columns) {
    if (role.kind === 'field') paths.set(role.path, header)
  }
  const used = [...survey.words.paths.keys(), ...log.known.words.paths.keys()]
  for (const path of [...used, ...Object.keys(declarations.fields)]) {
    if (!paths.has(path)) paths.set(path, path)
  }
  return paths
}

function typeOf(view: View, path: FieldPath): ValueType {
  const { declarations, survey, log } = view
  const known = declarations.fields[path]?.type ?? STANDARD_FIELDS[path]?.type
  if (known !== undefined) return known
  if (!isCustom(path)) return openType(path)
  const guess = survey.words.paths.get(path) ?? log.known.words.paths.get(path)
  return guess?.type ?? 'text'
}

function openType(path: FieldPath): ValueType {
  if (path.startsWith('emails.')) return 'email'
  if (!path.startsWith('phones.') || path.endsWith('.extension')) return 'text'
  return 'phone'
}

function labelOf(path: FieldPath): string {
  const standard = STANDARD_FIELDS[path]
  if (standard !== undefined) return standard.label
  if (isCustom(path)) return path.slice('custom.'.length)
  const [kind = '', name = '', ...rest] = path.split('.')
  if (kind === 'emails') return `Email ${name}`
  if (kind !== 'phones') return capital(name)
  const phone = STANDARD_FIELDS[`phones.${name}`]?.label ?? `${capital(name)} phone`
  return [phone, ...rest].join(' ')
}

function capital(word: string): string {
  return `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`
}

/** What a file without columns can be given: every fixed path, and the open ones that accounts usually have. */
const POSSIBLE_PATHS: readonly FieldPath[] = [
  ...Object.keys(STANDARD_FIELDS).filter((path) => path !== 'owner'),
  ...[4, 5, 6, 7, 8, 9].map((place) => `emails.${place}`),
  ...['main', 'mobile', 'work', 'home', 'other'].flatMap((type) => [
    `phones.${type}.extension`,
    ...[2, 3, 4, 5].flatMap((place) => [
      `phones.${type}.${place}`,
      `phones.${type}.${place}.extension`,
    ]),
  ]),
]
