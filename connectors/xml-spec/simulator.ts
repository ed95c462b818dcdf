/** The XML-spec API (GreenRope and its resellers) in memory, written from its documents alone, with every oddity they show. */
import type { Simulator, SimulatorModule } from '../../src/connector/simulator.ts'
import type { Colleague } from './simulator/colleague.ts'
import { LOGIN } from './simulator/login.ts'
import { server } from './simulator/server.ts'
import { snapshot } from './simulator/snapshot.ts'

/**
 * Knobs in `quirks`; "every n" is a count, 0 is never. A number after # is the line of the list of quirks in the connector's README.
 *
 * Account and time
 * | name | default | meaning |
 * | --- | --- | --- |
 * | account | 91234 | AccountNumber of the own account |
 * | sharedAccounts | {} | contacts by AccountNumber of further accounts that the login reaches |
 * | firstContactId | 1001 | ids count up from it, in every account of their own |
 * | timeZone | America/Los_Angeles | IANA zone of all stamps; none is ever told. Stamps compare as text, so the autumn hour repeats |
 * | stampSeconds | 1 | resolution of stamps |
 * | itemSeconds | 0 | time that each item of a batch takes (#36) |
 * | sinceInclusive | false | `updated_timestamp` means at or after, not after |
 * | membershipBumpsStamp, unsubscribeBumpsStamp | false | whether groups, tags, further companies; unsubscribes move UpdatedTimeStamp |
 * | idleEditBumpsStamp | true | an edit that changes nothing moves UpdatedTimeStamp |
 *
 * Login
 * | tokenMinutes | 120 | life of a token |
 * | fixedToken | '' | a token that always works |
 * | singleToken | false | a new token ends the one before |
 * | get | false | GET with the fields in the query works as POST does (documented: POST only) |
 *
 * Reading
 * | emptyResult | list | nothing found, or past the last page: `list` (empty) or `error` |
 * | total | set | TotalMatchingContacts counts the `set`, the `page`, or is `wrong` (one too many) |
 * | pageSizeMax | 0 | larger pages are cut to it silently; 0: no limit |
 * | jsonAlwaysPaged | false | JSON is paged by 100 without `get_all` too |
 * | searchPageSize | 100 | page size of SearchContacts |
 * | unpagedMax | 0 | more contacts than this in one document: 504; 0: no limit |
 * | repeatPage, repeatTimes | 0, 1 | that page number shows the page before, so many times |
 * | shortPage, shortTimes | 0, 1 | that page number lacks its second half, so many times |
 * | unsorted | false | a page is served backwards (#34) |
 * | collation | nocase | `nocase` or `binary` order of names |
 * | rangeEnds | inclusive | ends of last-name ranges |
 * | fieldSearch | exact | firstname, lastname, email: `exact` (without case) or `partial` |
 * | attributeCase | exact | spelling of attributes matters (`exact`) or not (`any`) |
 * | unknownCriterion | ignore | an unknown attribute is ignored, so that more comes back, or refused |
 * | permission | owner | `owner`; `power`: contacts in no group only with `account_id`; `member`: only granted groups |
 * | grantedGroups | [] | names of the groups of a `member`; []: the first one |
 * | permissionShrinksAfter | 0 | after that many requests the login is a `member` |
 *
 * Writing
 * | duplicateRule | email+names | who counts as existing (1002): same `email`, same `email+names`, or `either` |
 * | unknownTag, unknownGroup | create, ignore | an unknown name is created, ignored, or the item refused |
 * | unknownField | ignore | the same for user defined fields |
 * | unlistedOption | accept | a value outside PossibleValues is accepted, dropped, or the item refused |
 * | fieldnumIsFieldId | true | `fieldnum` is the UserFieldID; false: it is another number |
 * | emptyClears | true | an empty element clears; false: it is ignored |
 * | removeGroups | true | RemoveGroups works; false: ignored |
 * | trims, lowercasesEmail | false | what the server does to values |
 * | shortTextMax | 0 | ShortText is cut to so many characters; 0: no limit |
 * | needsNameOrEmail, refusesBadEmail | false | items refused for their content |
 * | unsubscribesGroups | false | an unsubscribe is noted for each group too |
 * | otherAccountsAnswer | true | without `account_id` a contact of a shared account may be meant (#21) |
 * | batchMax | 0 | more items: 413 |
 * | groupUnsubscribes | 0 | every n-th person has left the first group, not the account |
 * | twinFields | false | choice fields exist twice, for all groups and for one (#9) |
 * | optedOut | [] | addresses opted out elsewhere, see `consentBreaches` |
 *
 * Shapes
 * | unclosedGroup | 50 | contacts with such an id (every n) lose the `>` of their second and further `<Group` (#1) |
 * | scoresInGroups | true | odd ids have their lead scores inside Groups (#2) |
 * | groupForm | mixed | Group_id/GroupName (odd ids) and ID/Name (even ids), or one of them (#3) |
 * | missingContactId | 0 | every n-th id is not shown (#4) |
 * | impossibleBirthdate | 0 | every n-th person was born on 19720230 (#5) |
 * | mixedOrder | true | even ids have their stamps after Notes (#6) |
 * | tagIdClash | false | two tags share a TagID (#7, #8) |
 * | fieldIdClash | false | even ids show other UserFieldIDs (#9) |
 * | emptyFields | omit | fields without a value are omitted, come with `no-value`, or with an `empty-value` |
 * | emptyItems | false | a refused item comes back as an empty `<Contact />` (#15) |
 * | rawQuotes | true | quotes in text are not escaped (#17) |
 * | searchIdName | ID | what SearchContacts calls the id (#18) |
 * | errorForm | elements | failures of requests as elements, or as attributes of the root |
 * | jsonErrorsAsXml | false | errors are XML though JSON was asked for |
 * | entities | xml | `numeric`: all but ASCII as numbers; `html`: &uuml; and the like; `bare`: a lone & stays; `double`: escaped twice |
 * | encoding | utf-8 | `mojibake`: UTF-8 taken for Latin-1; `replacement`: U+FFFD for all but ASCII |
 * | controlCharacters | 0 | every n-th person has U+000B in Notes, which no XML may hold; it comes out as it is |
 * | prolog | none | `declaration`, or `bom` before it |
 * | indent | false | answers are indented as in the documents |
 *
 * Trouble
 * | htmlEvery, failEvery, throttleEvery | 0 | every n-th request: an HTML page with 200, a 500, a 429 with Retry-After; nothing is done |
 * | cutEvery | 0 | every n-th answer stops half-way |
 * | loseReplyEvery | 0 | every n-th write is done, then answered by 504 |
 * | driftEvery, drift | 0, all | after every n-th page somebody renames, inserts or deletes a contact (or `all` of these by turns) |
 *
 * The other quirks of the list have no knob: they are how this platform always answers (#10 to #20, #22 to #33, #35, #37, #38).
 *
 * When an opted-out person counts as contactable stands in `simulator/consent-watch.ts`; what `snapshot` holds, in `simulator/snapshot.ts`.
 */
export const xmlSpecSimulator: SimulatorModule = {
  platform: 'xml-spec',
  aliases: ['greenrope'],
  create: (options) => createXmlSpec(options),
}

export interface XmlSpecSimulator extends Simulator {
  /** What people do in the platform's own pages, for worlds in which both sides move. */
  readonly byHand: Colleague
  /** `<WorkflowID>:<AccountNumber>/<Contact_id>` of every workflow started over the API: mail may have gone out. */
  readonly workflows: readonly string[]
}

export function createXmlSpec(options: Parameters<SimulatorModule['create']>[0]): XmlSpecSimulator {
  const { world, watch, byHand, workflows, counts, handle, isMutation } = server(options)
  return {
    platform: 'xml-spec',
    basePath: '/api-xml',
    auth: LOGIN,
    handle,
    isMutation,
    counts,
    snapshot: () => snapshot(world),
    get consentBreaches() {
      return watch.breaches
    },
    byHand,
    workflows,
  }
}
