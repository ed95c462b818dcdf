/**
 * The switches of the simulated account. Each stands for something the platform's documents or other people's reports tell; the value
 * in brackets is the default.
 *
 * | Quirk | Effect |
 * |---|---|
 * | `login` ['serviceKey'] | which login `Simulator.auth` and `basePath` speak of: serviceKey, accessToken, apiKey (legacy host), oauth |
 * | `tenant` ['ferry123'] | name of the app, told by getUserInfo, getAppSetting and the OAuth scope |
 * | `emptyStart` [false] | a fresh account: no contacts, companies, tags, custom fields, sequences |
 * | `revokeAfter` [null] | after that many calls no key or token is accepted any more |
 * | `loginFault` [false] | a wrong credential gets fault 2 with HTTP 200 instead of HTTP 401 |
 * | `tokenLifeSeconds` [86400] | life of an OAuth access token |
 * | `perSecond`, `perMinute`, `perDay` [null] | calls permitted in one clock second, minute, UTC day; more get HTTP 429 with JSON |
 * | `throttleFaultEvery` [null] | every Nth call gets fault 500 ThrottlingException, without effect |
 * | `json429Every` [null] | every Nth call gets HTTP 429 with a JSON body, without effect |
 * | `htmlEvery` [null] | every Nth call gets an HTML page with HTTP 200, without effect |
 * | `unavailableEvery` [null] | every Nth call gets HTTP 503 with an HTML page, without effect |
 * | `invalidConfigEvery` [null] | every Nth call gets fault 1, without effect |
 * | `unexpectedEvery` [null] | every Nth call gets fault 3, without effect |
 * | `blankBodyEvery` [null] | every Nth call takes effect and gets a blank body |
 * | `truncateAt` [null] | the call with that number (from 1) takes effect and its reply is cut in the middle |
 * | `keyset` ['works'] | conditions like `~>~` on a table's own key: 'works', 'ignored' (as if not sent), 'fault' (fault 0) |
 * | `pageSizeCap` [null] | silently at most that many rows a page; pages are counted in that size |
 * | `unstableTies` [false] | rows equal in `orderBy` change places from call to call |
 * | `editEvery` [null] | after every Nth call a person edits a contact by hand, so rows move between pages |
 * | `vanishField` [null] | { name, after }: a custom field (DataFormField.Name) is deleted by hand after that many calls |
 * | `illegalCharacterRow` [null] | id of a contact whose first text member ends in `&#11;` |
 * | `illegalCharacterRaw` [false] | the same character as a raw byte |
 * | `poisonContact` [null] | id of a contact that faults with 6 on load and with 4 on update |
 * | `missingTables` [[]] | tables that answer fault 9 |
 * | `forbiddenTables` [[]] | tables that answer fault 14 (a PAT user without permission) |
 * | `missingUpdate` ['fault'] | an update of an id that does not exist: 'fault' (5) or 'empty' (an empty value) |
 * | `tagTouchesContact` [false] | adding or removing a tag changes Contact.LastUpdated |
 * | `optOutUnknown` ['kept'] | an opt-out of an address that no contact holds: 'kept', or 'refused' (false, without effect) |
 * | `clearDates` ['zero'] | what clears a date: 'zero' (text "0"), 'empty' (empty text too), 'never' |
 * | `emoji` ['kept'] | characters beyond the BMP: 'kept', 'lost' (become ?), 'fault' (4) |
 * | `htmlEntities` [false] | text is stored and returned with HTML entities |
 * | `overlong` ['fault'] | text too long for its column: 'fault' (4) or 'cut' |
 * | `numbersAsText` [false] | Year, Month, DayOfWeek, YesNo, Currency and Percent come as untyped text |
 * | `padded` [false] | names and scalars carry line ends around, as in the printed samples |
 * | `notes` [null] | every Nth contact has two notes, a task and an appointment |
 * | `objectType` [true] | false: ContactAction has no column ObjectType, as in old accounts |
 * | `timeZoneOffset` [null] | the server's clock runs at a fixed offset in minutes instead of New York time |
 */
import { z } from 'zod'

const every = z.int().positive().nullable().default(null)
const names = z.array(z.string()).readonly().default([])

const QUIRKS = z.strictObject({
  login: z.enum(['serviceKey', 'accessToken', 'apiKey', 'oauth']).default('serviceKey'),
  tenant: z.string().min(1).default('ferry123'),
  emptyStart: z.boolean().default(false),
  revokeAfter: z.int().nonnegative().nullable().default(null),
  loginFault: z.boolean().default(false),
  tokenLifeSeconds: z.int().positive().default(86_400),
  perSecond: every,
  perMinute: every,
  perDay: every,
  throttleFaultEvery: every,
  json429Every: every,
  htmlEvery: every,
  unavailableEvery: every,
  invalidConfigEvery: every,
  unexpectedEvery: every,
  blankBodyEvery: every,
  truncateAt: every,
  keyset: z.enum(['works', 'ignored', 'fault']).default('works'),
  pageSizeCap: every,
  unstableTies: z.boolean().default(false),
  editEvery: every,
  vanishField: z
    .strictObject({ name: z.string(), after: z.int().nonnegative() })
    .nullable()
    .default(null),
  illegalCharacterRow: every,
  illegalCharacterRaw: z.boolean().default(false),
  poisonContact: every,
  missingTables: names,
  forbiddenTables: names,
  missingUpdate: z.enum(['fault', 'empty']).default('fault'),
  tagTouchesContact: z.boolean().default(false),
  optOutUnknown: z.enum(['kept', 'refused']).default('kept'),
  clearDates: z.enum(['zero', 'empty', 'never']).default('zero'),
  emoji: z.enum(['kept', 'lost', 'fault']).default('kept'),
  htmlEntities: z.boolean().default(false),
  overlong: z.enum(['fault', 'cut']).default('fault'),
  numbersAsText: z.boolean().default(false),
  padded: z.boolean().default(false),
  notes: every,
  objectType: z.boolean().default(true),
  timeZoneOffset: z.number().nullable().default(null),
})
export type Quirks = Readonly<z.infer<typeof QUIRKS>>

/** Throws an error that names the quirk for unknown names and for values of the wrong kind. */
export function parseQuirks(quirks: Readonly<Record<string, unknown>>): Quirks {
  const result = QUIRKS.safeParse(quirks)
  if (result.success) return result.data
  throw new Error(`quirks of the infusionsoft simulator: ${z.prettifyError(result.error)}`)
}
