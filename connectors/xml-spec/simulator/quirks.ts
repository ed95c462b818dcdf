/** The switches of the simulated platform: every open question and every oddity of its documents, one by one. */

export type Quirks = Readonly<typeof DEFAULTS>

/** Reads the switches that were given over the defaults. Throws on an unknown name and on a value of another kind. */
export function readQuirks(given: Readonly<Record<string, unknown>>): Quirks {
  const merged: Record<string, unknown> = { ...DEFAULTS }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw new RangeError(`xml-spec has no quirk "${name}"; known: ${names()}`)
    }
    merged[name] = checked(name, value)
  }
  return merged as Quirks
}

/** Words a switch accepts where it is not a number, a truth value or free text. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  emptyResult: ['list', 'error'],
  total: ['set', 'page', 'wrong'],
  duplicateRule: ['email', 'email+names', 'either'],
  unknownTag: ['create', 'ignore', 'refuse'],
  unknownGroup: ['create', 'ignore', 'refuse'],
  unknownField: ['ignore', 'refuse'],
  unlistedOption: ['accept', 'drop', 'refuse'],
  unknownCriterion: ['ignore', 'refuse'],
  attributeCase: ['exact', 'any'],
  fieldSearch: ['exact', 'partial'],
  collation: ['nocase', 'binary'],
  rangeEnds: ['inclusive', 'exclusive'],
  permission: ['owner', 'power', 'member'],
  errorForm: ['elements', 'attributes'],
  groupForm: ['mixed', 'Group_id', 'ID'],
  searchIdName: ['ID', 'Contact_id'],
  emptyFields: ['omit', 'no-value', 'empty-value'],
  entities: ['xml', 'numeric', 'html', 'bare', 'double'],
  encoding: ['utf-8', 'mojibake', 'replacement'],
  prolog: ['none', 'declaration', 'bom'],
  drift: ['all', 'rename', 'insert', 'delete'],
}

/** What each one means stands in the table of `simulator.ts`. A count of 0 is "never". */
const DEFAULTS = {
  account: 91234,
  sharedAccounts: {} as Readonly<Record<string, number>>,
  firstContactId: 1001,
  timeZone: 'America/Los_Angeles',
  stampSeconds: 1,
  itemSeconds: 0,
  sinceInclusive: false,
  membershipBumpsStamp: false,
  unsubscribeBumpsStamp: false,
  idleEditBumpsStamp: true,

  tokenMinutes: 120,
  fixedToken: '',
  singleToken: false,
  get: false,

  emptyResult: 'list' as 'list' | 'error',
  total: 'set' as 'set' | 'page' | 'wrong',
  pageSizeMax: 0,
  jsonAlwaysPaged: false,
  searchPageSize: 100,
  unpagedMax: 0,
  repeatPage: 0,
  repeatTimes: 1,
  shortPage: 0,
  shortTimes: 1,
  unsorted: false,
  collation: 'nocase' as 'nocase' | 'binary',
  rangeEnds: 'inclusive' as 'inclusive' | 'exclusive',
  fieldSearch: 'exact' as 'exact' | 'partial',
  attributeCase: 'exact' as 'exact' | 'any',
  unknownCriterion: 'ignore' as 'ignore' | 'refuse',
  permission: 'owner' as 'owner' | 'power' | 'member',
  grantedGroups: [] as readonly string[],
  permissionShrinksAfter: 0,

  duplicateRule: 'email+names' as 'email' | 'email+names' | 'either',
  unknownTag: 'create' as 'create' | 'ignore' | 'refuse',
  unknownGroup: 'ignore' as 'create' | 'ignore' | 'refuse',
  unknownField: 'ignore' as 'ignore' | 'refuse',
  unlistedOption: 'accept' as 'accept' | 'drop' | 'refuse',
  fieldnumIsFieldId: true,
  emptyClears: true,
  removeGroups: true,
  trims: false,
  lowercasesEmail: false,
  shortTextMax: 0,
  needsNameOrEmail: false,
  refusesBadEmail: false,
  unsubscribesGroups: false,
  otherAccountsAnswer: true,
  batchMax: 0,
  groupUnsubscribes: 0,
  twinFields: false,
  optedOut: [] as readonly string[],

  unclosedGroup: 50,
  scoresInGroups: true,
  groupForm: 'mixed' as 'mixed' | 'Group_id' | 'ID',
  missingContactId: 0,
  impossibleBirthdate: 0,
  mixedOrder: true,
  tagIdClash: false,
  fieldIdClash: false,
  emptyFields: 'omit' as 'omit' | 'no-value' | 'empty-value',
  searchIdName: 'ID' as 'ID' | 'Contact_id',
  rawQuotes: true,
  emptyItems: false,
  errorForm: 'elements' as 'elements' | 'attributes',
  jsonErrorsAsXml: false,
  entities: 'xml' as 'xml' | 'numeric' | 'html' | 'bare' | 'double',
  encoding: 'utf-8' as 'utf-8' | 'mojibake' | 'replacement',
  controlCharacters: 0,
  prolog: 'none' as 'none' | 'declaration' | 'bom',
  indent: false,

  htmlEvery: 0,
  failEvery: 0,
  throttleEvery: 0,
  cutEvery: 0,
  loseReplyEvery: 0,
  driftEvery: 0,
  drift: 'all' as 'all' | 'rename' | 'insert' | 'delete',
}

function checked(name: string, value: unknown): unknown {
  const like = (DEFAULTS as Readonly<Record<string, unknown>>)[name]
  const words = WORDS[name]
  if (words !== undefined) {
    if (typeof value === 'string' && words.includes(value)) return value
    throw new RangeError(`quirk "${name}" must be one of ${words.join(', ')}`)
  }
  if (typeof like === 'number') {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
    throw new RangeError(`quirk "${name}" must be a whole number, 0 or more`)
  }
  if (Array.isArray(like)) {
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
    throw new RangeError(`quirk "${name}" must be a list of texts`)
  }
  if (typeof like === 'object') {
    const counts = typeof value === 'object' && value !== null ? Object.entries(value) : null
    if (counts?.every(([key, n]) => /^\d+$/.test(key) && Number.isInteger(n))) return value
    throw new RangeError(`quirk "${name}" must be counts of contacts by account number`)
  }
  if (typeof value === typeof like) return value
  throw new RangeError(`quirk "${name}" must be a ${typeof like}`)
}

function names(): string {
  return Object.keys(DEFAULTS).sort().join(', ')
}
