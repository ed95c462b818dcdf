/** From a page's rows to the staging tables: each contact with the keys by which the plan will find it. */
import type { Row } from '../connector/connector.ts'
import { normEmail } from '../model/email.ts'
import { EMAIL_PATHS } from '../model/field.ts'
import type { Side } from '../model/id.ts'
import type { Sighting } from '../model/sighting.ts'
import { foldName } from '../plan/base.ts'
import { planContext } from './compiled.ts'
import { addressHashes } from './directory.ts'
import type { Job } from './env.ts'
import type { RunRecord } from '../state/runs.ts'
import type { StagedContact } from '../state/staging.ts'
import type { StateStore } from '../state/store.ts'

/** Which keys a side's contacts are found by. */
export interface KeyRules {
  /** Whether others with the same primary address are looked for among them. */
  readonly primary: boolean
  /** Of how many e-mails: the primary one proposes, any may answer. */
  readonly emails: number
  /** Path of the marker field; null: there is none to look for. */
  readonly marker: string | null
  readonly phones: boolean
}
export interface Keying extends KeyRules {
  /** Of the hashes under which the directory knows addresses. */
  readonly hashKey: string
}
/** Kind of the key that finds contacts with the same primary address. */
export const PRIMARY = 'primary'
const SOURCE_KEYS: KeyRules = { primary: true, emails: 0, marker: null, phones: false }
function targetKeys(marker: string | null, phones: boolean): KeyRules {
  return { primary: false, emails: EMAIL_PATHS.length, marker, phones }
}
/** Where both sides may be written, each finds and is found. */
function bothKeys(marker: string | null, phones: boolean): KeyRules {
  return { ...targetKeys(marker, phones), primary: true }
}

/** How contacts of a side will be looked for in this run. */
export async function keyRules(
  job: Pick<Job, 'env' | 'run' | 'signal'>,
  side: Side,
): Promise<Keying> {
  const hashKey = await job.env.store.meta.hashKey()
  return { ...(await rulesOf(job, side)), hashKey }
}

async function rulesOf(job: Pick<Job, 'env' | 'run' | 'signal'>, side: Side): Promise<KeyRules> {
  const settings = job.env.settings(job.run.sync)
  if (side === 'from' && settings.direction === 'one-way') return SOURCE_KEYS
  const { mapping, mirror } = await planContext(job)
  const path = (side === 'from' ? mirror?.mapping.marker : mapping.marker)?.path ?? null
  const phones = settings.match.includes('phone')
  return mirror === null ? targetKeys(path, phones) : bothKeys(path, phones)
}

export async function stage(
  store: StateStore,
  run: RunRecord,
  side: Side,
  rows: readonly Row[],
  rules: Keying,
): Promise<void> {
  const contacts: StagedContact[] = []
  const tags: { contact: Sighting['id']; key: string }[] = []
  const groups: { contact: Sighting['id']; key: string }[] = []
  const consents: Parameters<StateStore['staging']['addConsents']>[2][number][] = []
  for (const row of rows) {
    switch (row.kind) {
      case 'contact':
        contacts.push(staged(row.sighting, rules))
        break
      case 'tagging':
        tags.push({ contact: row.contact, key: row.tag })
        break
      case 'grouping':
        groups.push({ contact: row.contact, key: row.group })
        break
      case 'consent': {
        const owner =
          row.contact === null
            ? `address:${normEmail(row.consent.address ?? '')}`
            : `contact:${row.contact}`
        consents.push({ owner, consent: row.consent })
        break
      }
    }
  }
  if (contacts.length > 0) await store.staging.addContacts(run.id, side, contacts)
  if (tags.length > 0) await store.staging.addMembers(run.id, side, 'tag', tags)
  if (groups.length > 0) await store.staging.addMembers(run.id, side, 'group', groups)
  if (consents.length > 0) await store.staging.addConsents(run.id, side, consents)
}

/** A contact with the keys that can find it. */
export function staged(sighting: Sighting, rules: Keying): StagedContact {
  const keys: { kind: string; key: string }[] = []
  const primary = sighting.fields['emails.1']
  if (rules.primary && typeof primary === 'string' && normEmail(primary) !== '')
    keys.push({ kind: PRIMARY, key: normEmail(primary) })
  const seen = new Set<string>()
  for (let place = 0; place < rules.emails; place += 1) {
    const value = sighting.fields[EMAIL_PATHS[place] ?? '']
    if (typeof value !== 'string') continue
    const key = normEmail(value)
    if (key === '' || seen.has(key)) continue
    seen.add(key)
    keys.push({ kind: 'email', key })
  }
  const mark = rules.marker === null ? null : sighting.fields[rules.marker]
  if (typeof mark === 'string' && mark !== '') keys.push({ kind: 'marker', key: mark })
  if (rules.phones) for (const key of phoneNames(sighting)) keys.push({ kind: 'phone', key })
  return { sighting, keys, addresses: addressHashes(rules.hashKey, sighting) }
}

/** Phone number with family name: one number alone is a household, not a person. */
export function phoneNames(sighting: Sighting): readonly string[] {
  const family = sighting.fields['familyName']
  if (typeof family !== 'string' || family === '') return []
  const keys = new Set<string>()
  for (const [path, value] of Object.entries(sighting.fields)) {
    if (!path.startsWith('phones.') || path.endsWith('.extension') || typeof value !== 'string')
      continue
    const digits = value.replace(/\D/g, '').slice(-PHONE_DIGITS)
    if (digits.length === PHONE_DIGITS) keys.add(`${digits} ${foldName(family)}`)
  }
  return [...keys]
}
/** The last digits, which national and international spellings share. */
const PHONE_DIGITS = 8
