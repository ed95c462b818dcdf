/**
 * Requests of a migration against the least possible, by what they are for. The least possible is counted from what the source holds and what
 * was written, with every page and batch full: each table of the source once, then once more what may have changed meanwhile; one call
 * for each field and tag that is new; companies looked for and created, contacts written and read back by the two hundred.
 *
 * A short page need not be the last of a table, and an account that shows nothing may have slipped: a reading that loses nobody asks once
 * more ("end of data" in the platform's facts: reading until empty costs one call more). That call is needed, and shown by itself too.
 */
import { decodeCall } from '../connectors/infusionsoft/reply.ts'
import type { Benchmark, Line } from './benchmark.ts'
import { moveOf, type Move } from './move.ts'
import type { Step } from './recording.ts'
import { CATALOGUE_TABLES, STREAM_TABLES } from './source-rows.ts'
import { amount } from './table.ts'

export const requests: Benchmark = {
  name: 'requests',
  about: 'requests of a migration against the least possible, by what they are for',
  isDefault: true,
  async run(bench) {
    const move = await moveOf(bench)
    const used = counted(move.recording.steps)
    const least = leastOf(move, used)
    const unproven = sum(Object.values(least)) - ENDS
    const purposes = [...new Set([...Object.keys(least), ...used.keys()])]
    const line = (what: string, a: number, b: number): Line => ({
      benchmark: 'requests',
      what,
      measured: `${amount(a)} sent`,
      reference: `${amount(b)} at least`,
      value: b === 0 ? a : a / b,
      unit: b === 0 ? 'requests' : 'x',
      bar: null,
    })
    const total = sum(Object.values(least))
    return [
      {
        ...line(`requests, ${amount(move.contacts)} contacts`, move.recording.steps.length, total),
        bar: { atMost: 1.05 },
      },
      line('  against readings that trust a short page', move.recording.steps.length, unproven),
      ...purposes.map((purpose) =>
        line(`  ${purpose}`, used.get(purpose) ?? 0, least[purpose] ?? 0),
      ),
    ]
  },
}

/** Rows in a full page of the source; contacts or companies in a full batch, page or look-up of the target. */
const SOURCE_PAGE = 1000
const TARGET_BATCH = 200

/** Readings whose end is asked for: every table, those that can have changed a second time, and the target's empty list of contacts. */
const ENDS = CATALOGUE_TABLES.length + 2 * STREAM_TABLES.length + 1
/** The request that proves a reading's end. */
const END = 1

function leastOf(
  { rows, recorded }: Move,
  used: ReadonlyMap<string, number>,
): Record<string, number> {
  const pages = (table: keyof typeof rows) => Math.max(1, Math.ceil(rows[table] / SOURCE_PAGE))
  const applied = recorded.document.counts['applied'] ?? 0
  const companies = Math.ceil((recorded.document.companies?.created ?? 0) / TARGET_BATCH)
  const least: Record<string, number> = {}
  for (const table of CATALOGUE_TABLES) least[`source ${table}`] = pages(table) + END
  // The second look asks for what changed meanwhile; opt states carry no time and are read whole.
  for (const table of STREAM_TABLES)
    least[`source ${table}`] =
      pages(table) + END + (table === 'EmailAddStatus' ? pages(table) : 1) + END
  return {
    ...least,
    'target fields': 1,
    'target tags': 1,
    'target segments': 1,
    'target owners': 1,
    // The account is empty at the start, and only this run writes to it.
    'target contacts, listed': 1 + END,
    'target contacts, by segment': 0,
    'target contacts, by id': Math.ceil(applied / TARGET_BATCH),
    // Each is a call of its own there: what is needed is what was made.
    'target new field': used.get('target new field') ?? 0,
    'target new tag': used.get('target new tag') ?? 0,
    'target companies, listed': 1,
    'target companies, by name': companies,
    'target new companies': companies,
    'target new contacts': Math.ceil(applied / TARGET_BATCH),
  }
}

function counted(steps: readonly Step[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const step of steps) {
    const purpose = step.side === 'from' ? sourcePurpose(step) : targetPurpose(step)
    counts.set(purpose, (counts.get(purpose) ?? 0) + 1)
  }
  return counts
}

function sourcePurpose({ body }: Step): string {
  const { method, parameters } = decodeCall(body)
  return method === 'DataService.query' ? `source ${String(parameters[1])}` : `source ${method}`
}

function targetPurpose({ method, path }: Step): string {
  const url = new URL(path, 'http://target')
  const place = url.pathname.replace(/^\/api\//, '')
  switch (`${method} ${place}`) {
    case 'GET fields/contact':
      return 'target fields'
    case 'GET tags':
      return 'target tags'
    case 'GET segments':
      return 'target segments'
    case 'GET contacts/list/owners':
      return 'target owners'
    case 'POST fields/contact/new':
      return 'target new field'
    case 'POST tags/new':
      return 'target new tag'
    case 'POST companies/batch/new':
    case 'POST companies/new':
      return 'target new companies'
    case 'GET companies':
      return url.search.includes('companyname')
        ? 'target companies, by name'
        : 'target companies, listed'
    case 'POST contacts/batch/new':
      return 'target new contacts'
    case 'GET contacts':
      if (url.searchParams.get('search')?.startsWith('segment:') === true)
        return 'target contacts, by segment'
      return url.searchParams.get('where[0][expr]') === 'in'
        ? 'target contacts, by id'
        : 'target contacts, listed'
    default:
      return `target ${method} ${place.replace(/\d+/g, ':id')}`
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
