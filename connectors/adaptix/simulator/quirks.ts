/** The switches of the simulated server: which release it is and how it misbehaves. */

export type Version = '2.16' | '3.3' | '4.4' | '5.1' | '5.2' | '6.0' | '7.0'

/**
 * | quirk | default | meaning |
 * |---|---|---|
 * | `version` | `4.4` | release whose behaviours are played: 2.16, 3.3, 4.4, 5.1, 5.2, 6.0, 7.0 |
 * | `versionHeader` | `Adaptix-Version` | name of the header on controller answers; `Mautic-Version` upstream, `''` for none |
 * | `start` | `people` | `people` or `empty`; an account of 0 contacts starts empty unless `people` is asked for by name |
 * | `auth` | `basic` | which way in `Simulator.auth` tells: basic, bearer, client, refresh; the server takes all of them |
 * | `basicAuth`, `apiEnabled` | true | false: 403 as when switched off in the settings |
 * | `readOnly` | false | the API user may not edit: every write is 403 |
 * | `ownRecordsOnly` | false | the API user sees and edits what it created; a list with `where` escapes that |
 * | `tokenSeconds` | 3600 | life of an access token |
 * | `revokeAfter` | 0 | after so many API requests every credential is refused with 401; 0 is never |
 * | `rateLimitPerHour` | 0 | 429 after so many requests in an hour; 0 is off |
 * | `batchLimit` | 200 | top-level keys of a batch before it is refused with 500 |
 * | `utf8mb3` | true on 2.16 | four-byte characters are a 500 |
 * | `overlong` | `error` | text too long for its column: `error` is a 500, `cut` stores what fits |
 * | `backgroundFields` | 0 | milliseconds until a new field is published (answer 202); 0 is at once (201); true is 60000 |
 * | `fieldLimit` | 0 | a custom field beyond this number is a 500 (row size); 0 is no limit |
 * | `dateModifiedBump` | `changes`, `never` on 6.0 and 7.0 | what moves dateModified: `always` each save, `changes` each tracked change, `never` fills it once |
 * | `visibilityLagMs` | 0 | a new contact is missing from lists for so long (a lagging replica) |
 * | `countCacheMs` | 5000 from 5.1, else 0 | a list total is remembered so long; a remembered 0 is an empty page |
 * | `poisonEmail` | `''` | a write that carries this address is a 500 |
 * | `poisonField`, `poisonValue` | `''` | a write that carries this value in this field is a 500 |
 * | `poisonEffects` | `earlier` | what a poisoned batch leaves: `earlier` items saved, `none`, or `all` saved and only the answer lost |
 * | `noTagsEndpoint` | false | `/tags` is an unknown URL |
 * | `noSegmentsBulk` | false | `/segments/ID/contacts/add` is an unknown URL |
 * | `noStats` | false | `/stats` is an unknown URL |
 * | `dncInline` | false on 2.16 | `doNotContact` inside a create or edit is taken; else only `/contacts/ID/dnc/CHANNEL/add` opts somebody out |
 * | `eventsRoute` | true on 2.16 | whether `/contacts/ID/events` exists |
 * | `plusOperators` | true | false: in, notIn, between, notBetween, isEmpty, isNotEmpty are unknown, thus ignored: the list is unfiltered |
 * | `emptyListAs` | `array` before 4.0, else `object` | an empty keyed list |
 * | `segmentsKey` | `lists` | container of `/contacts/ID/segments` |
 * | `automationsPath` | `automations` | or `campaigns`, the upstream path |
 * | `automationsKey` | `campaigns` | container of automations |
 * | `successAs` | `number` | `{"success":1}`, or `boolean` as documented |
 * | `uniqueOperator` | `OR` | how several unique fields combine when matching (AND from 4.0) |
 * | `serverOffsetMinutes` | 0 | zone in which a datetime without zone is read |
 * | `deletedIdInEcho` | false | whether a single delete echoes the id |
 * | `fullCells` | false | field cells carry object, is_fixed, properties, default_value too |
 * | `geoIp` | false | an ipAddress fills empty city and country |
 * | `htmlEvery` | 0 | each n-th API request is answered by a gateway with an HTML page and never arrives |
 * | `htmlStatus` | 200 | status of that page |
 * | `truncateEvery` | 0 | each n-th API answer is cut in half, its effects done |
 */
export interface Quirks {
  readonly version: Version
  readonly versionHeader: string
  readonly start: 'people' | 'empty'
  readonly auth: 'basic' | 'bearer' | 'client' | 'refresh'
  readonly basicAuth: boolean
  readonly apiEnabled: boolean
  readonly readOnly: boolean
  readonly ownRecordsOnly: boolean
  readonly tokenSeconds: number
  readonly revokeAfter: number
  readonly rateLimitPerHour: number
  readonly batchLimit: number
  readonly utf8mb3: boolean
  readonly overlong: 'error' | 'cut'
  readonly backgroundFields: number
  readonly fieldLimit: number
  readonly dateModifiedBump: 'always' | 'changes' | 'never'
  readonly visibilityLagMs: number
  readonly countCacheMs: number
  readonly poisonEmail: string
  readonly poisonField: string
  readonly poisonValue: string
  readonly poisonEffects: 'earlier' | 'none' | 'all'
  readonly noTagsEndpoint: boolean
  readonly noSegmentsBulk: boolean
  readonly noStats: boolean
  readonly dncInline: boolean
  readonly eventsRoute: boolean
  readonly plusOperators: boolean
  readonly emptyListAs: 'object' | 'array'
  readonly segmentsKey: 'lists' | 'segments'
  readonly automationsPath: 'automations' | 'campaigns'
  readonly automationsKey: 'automations' | 'campaigns'
  readonly successAs: 'number' | 'boolean'
  readonly uniqueOperator: 'OR' | 'AND'
  readonly serverOffsetMinutes: number
  readonly deletedIdInEcho: boolean
  readonly fullCells: boolean
  readonly geoIp: boolean
  readonly htmlEvery: number
  readonly htmlStatus: number
  readonly truncateEvery: number
}

/** Completes the switches given with the defaults of the release. Throws on an unknown name or a value of another kind. */
export function readQuirks(given: Readonly<Record<string, unknown>>, contacts: number): Quirks {
  const version = oneOf('version', given['version'] ?? '4.4', Object.keys(RELEASES)) as Version
  const defaults = defaultsOf(version, contacts)
  const result: Record<string, unknown> = { ...defaults }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) throw new Error(`unknown quirk of adaptix: ${name}`)
    result[name] = checked(name, value, (defaults as unknown as Record<string, unknown>)[name])
  }
  return result as unknown as Quirks
}

/** What the version header says. */
export const RELEASES: Readonly<Record<Version, string>> = {
  '2.16': '2.16.5',
  '3.3': '3.3.5',
  '4.4': '4.4.13',
  '5.1': '5.1.1',
  '5.2': '5.2.0',
  '6.0': '6.0.3',
  '7.0': '7.0.0',
}

/** Whether the release is at least the one named: `since(quirks, '5.1')`. */
export function since(quirks: Quirks, version: Version): boolean {
  return Number(quirks.version) >= Number(version)
}

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  version: Object.keys(RELEASES),
  start: ['people', 'empty'],
  auth: ['basic', 'bearer', 'client', 'refresh'],
  overlong: ['error', 'cut'],
  dateModifiedBump: ['always', 'changes', 'never'],
  poisonEffects: ['earlier', 'none', 'all'],
  emptyListAs: ['object', 'array'],
  segmentsKey: ['lists', 'segments'],
  automationsPath: ['automations', 'campaigns'],
  automationsKey: ['automations', 'campaigns'],
  successAs: ['number', 'boolean'],
  uniqueOperator: ['OR', 'AND'],
}

function defaultsOf(version: Version, contacts: number): Quirks {
  const release = Number(version)
  return {
    version,
    versionHeader: 'Adaptix-Version',
    start: contacts === 0 ? 'empty' : 'people',
    auth: 'basic',
    basicAuth: true,
    apiEnabled: true,
    readOnly: false,
    ownRecordsOnly: false,
    tokenSeconds: 3600,
    revokeAfter: 0,
    rateLimitPerHour: 0,
    batchLimit: 200,
    utf8mb3: release < 3,
    overlong: 'error',
    backgroundFields: 0,
    fieldLimit: 0,
    dateModifiedBump: release >= 6 ? 'never' : 'changes',
    visibilityLagMs: 0,
    countCacheMs: release >= 5.1 ? 5000 : 0,
    poisonEmail: '',
    poisonField: '',
    poisonValue: '',
    poisonEffects: 'earlier',
    noTagsEndpoint: false,
    noSegmentsBulk: false,
    noStats: false,
    dncInline: release >= 3,
    eventsRoute: release < 3,
    plusOperators: true,
    emptyListAs: release < 4 ? 'array' : 'object',
    segmentsKey: 'lists',
    automationsPath: 'automations',
    automationsKey: 'campaigns',
    successAs: 'number',
    uniqueOperator: 'OR',
    serverOffsetMinutes: 0,
    deletedIdInEcho: false,
    fullCells: false,
    geoIp: false,
    htmlEvery: 0,
    htmlStatus: 200,
    truncateEvery: 0,
  }
}

function checked(name: string, value: unknown, example: unknown): unknown {
  const choices = CHOICES[name]
  if (choices !== undefined) return oneOf(name, value, choices)
  if (name === 'backgroundFields' && typeof value === 'boolean') return value ? 60_000 : 0
  if (typeof value !== typeof example) {
    throw new Error(`quirk ${name} of adaptix wants a ${typeof example}, got ${String(value)}`)
  }
  return value
}

function oneOf(name: string, value: unknown, choices: readonly string[]): string {
  if (typeof value !== 'string' || !choices.includes(value)) {
    throw new Error(
      `quirk ${name} of adaptix is one of ${choices.join(', ')}, got ${String(value)}`,
    )
  }
  return value
}
