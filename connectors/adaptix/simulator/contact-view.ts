/** Contacts as JSON text, in the shapes of the single answer, the list, the echo of a write and the bare answers of sub-resources. */
import { type Account, userName } from './account.ts'
import { type ContactRow, cellsOf } from './contacts.ts'
import { isoDate, sqlDate } from './dates.ts'
import { type Field, GROUPS, publishedLead } from './field-set.ts'
import { since } from './quirks.ts'

export interface View {
  /** The list copies raw texts of the database, the others cast them. */
  readonly shape: 'single' | 'list' | 'echo' | 'bare'
  /** `minimal=1`: without the groups of details. */
  readonly isMinimal: boolean
  /** Columns of `select[]`; null: everything. With columns, nulls are left out. */
  readonly select: ReadonlySet<string> | null
  /** Aliases that a write carried; a boolean among them shows as true or false in its echo. */
  readonly sent: ReadonlySet<string>
}
const NOTHING: ReadonlySet<string> = new Set()
export const SINGLE: View = { shape: 'single', isMinimal: false, select: null, sent: NOTHING }
export const LIST: View = { ...SINGLE, shape: 'list' }
/** Do-not-contact and UTM answers pass by the usual view. */
export const BARE: View = { ...SINGLE, shape: 'bare' }

export function echo(sent: ReadonlySet<string>): View {
  return { ...SINGLE, shape: 'echo', sent }
}

export function renderContact(account: Account, row: ContactRow, view: View = SINGLE): string {
  const parts: string[] = []
  const put = (name: string, column: string, value: unknown) => {
    if (view.select !== null && (!view.select.has(column) || value === null)) return
    parts.push(`"${name}":${JSON.stringify(value)}`)
  }
  put('isPublished', 'is_published', true)
  put('dateAdded', 'date_added', isoDate(row.dateAdded))
  put('dateModified', 'date_modified', optionalDate(row.dateModified))
  put('createdBy', 'created_by', row.createdBy)
  put('createdByUser', 'created_by_user', userName(account, row.createdBy))
  put('modifiedBy', 'modified_by', row.modifiedBy)
  put('modifiedByUser', 'modified_by_user', userName(account, row.modifiedBy))
  put('id', 'id', row.id)
  put('points', 'points', row.points)
  put('color', 'color', null)
  parts.push(`"fields":${renderFields(account, row, view)}`)
  if (view.isMinimal) return `{${parts.join(',')}}`
  put('lastActive', 'last_active', optionalDate(row.lastActive))
  put('owner', 'owner_id', ownerOf(account, row))
  put('ipAddresses', 'ip_addresses', ipsOf(account, row))
  put('tags', 'tags', row.tags.length === 0 ? [] : tagsOf(account, row))
  put('utmtags', 'utmtags', row.utm.length === 0 ? [] : utmOf(row))
  put('stage', 'stage_id', stageOf(account, row))
  put('dateIdentified', 'date_identified', optionalDate(row.dateIdentified))
  put('preferredProfileImage', 'preferred_profile_image', 'gravatar')
  put('doNotContact', 'do_not_contact', row.dnc.length === 0 ? [] : dncOf(account, row))
  put('frequencyRules', 'frequency_rules', [])
  return `{${parts.join(',')}}`
}

/** An empty keyed list of contacts or other things: `[]` or `{}`. */
export function emptyList(account: Account): string {
  return account.quirks.emptyListAs === 'array' ? '[]' : '{}'
}

function renderFields(account: Account, row: ContactRow, view: View): string {
  const values = cellsOf(row)
  const groups = new Map<string, string[]>(GROUPS.map((group) => [group, []]))
  const all = [`"id":${view.shape === 'list' ? `"${row.id}"` : row.id}`]
  for (const field of publishedLead(account.fields)) {
    if (view.select !== null && !view.select.has(field.alias)) continue
    const raw = rawValue(row, values, field)
    if (raw === '' && view.select !== null) continue
    const parts = partsOf(account, field)
    if (raw === '') {
      groups.get(field.group)?.push(parts.emptyCell)
      all.push(parts.emptyEntry)
      continue
    }
    const value = valueJson(account, field, raw, view)
    const cell = `${parts.cell}${value},"normalizedValue":${normalized(field, raw, value)}}`
    groups.get(field.group)?.push(cell)
    all.push(`${parts.entry}${value}`)
  }
  const parts = [...groups].map(
    ([group, cells]) => `"${group}":${cells.length === 0 ? '[]' : `{${cells.join(',')}}`}`,
  )
  if (view.shape !== 'bare') parts.push(`"all":{${all.join(',')}}`)
  return `{${parts.join(',')}}`
}

/** The value as the database prints it; empty for null. */
export function rawValue(row: ContactRow, values: readonly string[], field: Field): string {
  if (field.column >= 0) return values[field.column] ?? ''
  if (field.alias === 'points') return String(row.points)
  return row.lastActive === null ? '' : sqlDate(row.lastActive)
}

function valueJson(account: Account, field: Field, raw: string, view: View): string {
  if (field.type === 'number' && since(account.quirks, '3.3')) return String(Number(raw))
  if (field.type === 'boolean' && view.shape !== 'list') {
    const isEchoed = view.shape === 'echo' && view.sent.has(field.alias)
    return isEchoed ? String(raw === '1') : raw
  }
  return JSON.stringify(raw)
}

function normalized(field: Field, raw: string, value: string): string {
  if (field.type === 'boolean') return JSON.stringify(raw === '1' ? field.yes : field.no)
  if (field.type === 'select') return JSON.stringify(labelOf(field, raw))
  if (field.type === 'multiselect') {
    return JSON.stringify(
      raw
        .split('|')
        .map((part) => labelOf(field, part))
        .join('|'),
    )
  }
  return value
}

function labelOf(field: Field, value: string): string {
  return field.options.find((option) => option.value === value)?.label ?? value
}

/** What of a field's cell and entry in `all` does not depend on the contact, as text; kept per definition. */
interface Parts {
  readonly version: number
  /** Up to `"value":`. */
  readonly cell: string
  readonly emptyCell: string
  readonly entry: string
  readonly emptyEntry: string
}
const PARTS = new WeakMap<Field, Parts>()

function partsOf(account: Account, field: Field): Parts {
  const { version } = account.fields
  const known = PARTS.get(field)
  if (known !== undefined && known.version === version) return known
  const { id, label, alias, type, group } = field
  const full = account.quirks.fullCells
    ? {
        object: 'lead',
        is_fixed: field.isFixed ? '1' : '0',
        properties: field.options.length === 0 ? [] : { list: field.options },
        default_value: field.defaultValue,
      }
    : {}
  const head = JSON.stringify({ id: String(id), label, alias, type, group, ...full }).slice(0, -1)
  const entry = `${JSON.stringify(alias)}:`
  const cell = `${entry}${head},"value":`
  const emptyCell = `${cell}null,"normalizedValue":null}`
  const parts = { version, cell, emptyCell, entry, emptyEntry: `${entry}null` }
  PARTS.set(field, parts)
  return parts
}

function optionalDate(ms: number | null): string | null {
  return ms === null ? null : isoDate(ms)
}

function ownerOf(account: Account, row: ContactRow): unknown {
  const user = account.users.find((one) => one.id === row.owner)
  if (user === undefined) return null
  const { id, username, firstName, lastName } = user
  return { id, username, firstName, lastName }
}

function stageOf(account: Account, row: ContactRow): unknown {
  const stage = account.stages.find((one) => one.id === row.stage)
  return stage === undefined ? null : { id: stage.id, name: stage.name, weight: stage.weight }
}

/** Keyed by address in older releases, a list in newer ones. */
function ipsOf(account: Account, row: ContactRow): unknown {
  if (row.ips.length === 0) return []
  const list = row.ips.map((ipAddress) => ({ ip: ipAddress, ipAddress, ipDetails: [] }))
  if (since(account.quirks, '5.1')) return list
  return Object.fromEntries(list.map((entry) => [entry.ip, entry]))
}

function tagsOf(account: Account, row: ContactRow): unknown[] {
  const isNew = since(account.quirks, '5.1')
  const tags: unknown[] = []
  for (const id of row.tags) {
    const tag = account.tags.get(id)
    if (tag === undefined) continue
    if (isNew) tags.push({ id, tag: tag.name, description: tag.description })
    else tags.push(since(account.quirks, '3.3') ? { id, tag: tag.name } : { tag: tag.name })
  }
  return tags
}

function utmOf(row: ContactRow): unknown[] {
  return row.utm.map((utm) => ({ id: utm.id, ...utm.values, dateAdded: isoDate(utm.dateAdded) }))
}

function dncOf(account: Account, row: ContactRow): unknown[] {
  const isNew = since(account.quirks, '5.1')
  return row.dnc.map(({ id, reason, comments, channel, channelId, dateAdded }) => {
    const entry = { id, reason, comments, channel, channelId }
    return isNew ? { ...entry, dateAdded: isoDate(dateAdded) } : entry
  })
}
