/** The table of abilities in a connector's README, made from its capability record. */
import { type Capabilities, STREAMS, type StreamCapability } from '../connector/capabilities.ts'

/** Lines between which a README holds the table. */
export const TABLE_START =
  '<!-- capabilities: made from the record, proved by the conformance kit -->'
export const TABLE_END = '<!-- /capabilities -->'

/** Markdown, without a line end behind it. Numbers that limits of a connection change are those of the record given. */
export function capabilityTable(capabilities: Capabilities): string {
  const rows = [
    ...STREAMS.flatMap((name) => streamRow(capabilities, name)),
    ...rowsOf(capabilities),
  ]
  return [
    '| claim | value |',
    '| --- | --- |',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
  ].join('\n')
}

type RowOf = readonly [name: string, value: string]

function streamRow({ streams }: Capabilities, name: (typeof STREAMS)[number]): readonly RowOf[] {
  const stream = streams[name]
  if (stream === undefined) return []
  const since = sinceOf(stream)
  const removals = stream.hidesRemovals ? 'removals show in a full scan only' : 'removals show'
  return [
    [
      `stream ${name}`,
      `${since}; paging: ${stream.paging}; at most ${stream.pageSizeMax} a page; ${removals}`,
    ],
  ]
}

function sinceOf({ since, wholeEveryMs }: StreamCapability): string {
  if (since === 'none') return 'always whole'
  const hours = (wholeEveryMs ?? 0) / 3_600_000
  return since === 'moved' ? `what moved; whole every ${hours} hours` : `since: ${since}`
}

function rowsOf(capabilities: Capabilities): readonly RowOf[] {
  const { create, update, tags, groups, consent, rate } = capabilities
  return [
    ['resolution of stamps', `${capabilities.resolutionMs} ms`],
    ['visibility lag', `${capabilities.visibilityLagMs} ms`],
    [
      'find',
      `by ${capabilities.find.join(', ') || 'nothing'}; at most ${capabilities.findMax} at once`,
    ],
    ['fetch', `at most ${capabilities.fetchMax} ids`],
    [
      'create',
      create === false
        ? 'no'
        : `batches of ${create.batchMax}; a taken e-mail: ${create.onTakenEmail}`,
    ],
    [
      'update',
      update === false
        ? 'no'
        : `batches of ${update.batchMax}; ${update.conditional ? 'refused when the contact has moved' : 'unconditional'}; ${update.clears ? 'empties fields' : 'cannot empty fields'}`,
    ],
    ['remove', capabilities.remove === false ? 'no' : capabilities.remove],
    ['tags', abilities({ ...tags })],
    [
      'groups',
      abilities({
        read: groups.read,
        [`write (${groups.write || 'no'})`]: groups.write !== false,
        remove: groups.remove,
        create: groups.create,
      }),
    ],
    [
      'fields',
      abilities({
        create: capabilities.fields.create,
        'add options': capabilities.fields.options === true,
      }),
    ],
    [
      'consent',
      `of the ${consent.holder}; ${consent.channels.join(', ')}; ${abilities({ 'opt-out': consent.optOut, 'opt-out taken back': consent.optOutReversible, 'opt-in': consent.optIn })}${consent.mailsNew === false ? '; a new address is not mailed' : ''}`,
    ],
    ...sequencesRow(capabilities),
    ...notesRow(capabilities),
    ...companiesRow(capabilities),
    [
      'rate',
      `${rate.requestsPerSecond} a second${rate.requestsPerDay === null ? '' : `, ${rate.requestsPerDay} a day`}, ${rate.concurrency} at a time`,
    ],
  ]
}

function sequencesRow({ sequences }: Capabilities): readonly RowOf[] {
  if (sequences === undefined) return []
  const { read, start, restarts } = sequences
  return [
    [
      'sequences',
      `${abilities({ read, start })}${restarts ? '; starting twice may begin anew' : ''}`,
    ],
  ]
}

function notesRow({ notes }: Capabilities): readonly RowOf[] {
  if (notes === undefined) return []
  const { read, add, edit, remove, keeps, kinds, textMax } = notes
  return [
    [
      'notes',
      `${abilities({ read, add, edit, remove })}; of a note beside its text: ${abilities({ ...keeps })}; kinds: ${kinds.join(', ')}; at most ${textMax} characters`,
    ],
  ]
}

function companiesRow({ companies }: Capabilities): readonly RowOf[] {
  if (companies === undefined) return []
  const { read, create, update, batchMax, link } = companies
  const made = create && batchMax > 1 ? ` (${batchMax} a call)` : ''
  return [
    [
      'companies',
      `${abilities({ read, [`create${made}`]: create, update })}; a contact is linked by the company's ${link}`,
    ],
  ]
}

function abilities(all: Readonly<Record<string, boolean>>): string {
  const can = Object.entries(all).filter(([, isAble]) => isAble)
  const cannot = Object.entries(all).filter(([, isAble]) => !isAble)
  const words = can.map(([name]) => name).join(', ')
  if (cannot.length === 0) return words
  if (can.length === 0) return 'no'
  const not = `not: ${cannot.map(([name]) => name).join(', ')}`
  return `${words}; ${not}`
}
