/** Every typed operation of the API: its parameters in wire order, what it does there, and what it answers. Data only. */

/**
 * `id` a positive integer · `limit` 1 to 1000 · `page` from 0 · `columns` at least one name · `row` values to write, typed by the table · `filter`
 * conditions of a query · `texts`, `ids` lists.
 */
export type ParameterType =
  | 'id'
  | 'limit'
  | 'page'
  | 'text'
  | 'flag'
  | 'ids'
  | 'columns'
  | 'row'
  | 'filter'
  | 'dupCheck'

/**
 * `id` a number the server gave · `count` an integer · `flag` true, or false for "nothing changed" · `changed` a flag or an
 * integer (documents differ) · `row`, `rows` typed by the table · `steps` what an action set did · `any` as it comes.
 */
export type ResultType =
  | 'id'
  | 'count'
  | 'flag'
  | 'changed'
  | 'text'
  | 'row'
  | 'rows'
  | 'steps'
  | 'any'

export interface Operation {
  readonly about: string
  readonly parameters: Readonly<Record<string, ParameterType>>
  /** Given together or not at all: the server knows these two forms of the method and no other. */
  readonly optional: Readonly<Record<string, ParameterType>>
  /** The table that `row` and `rows` are typed by; null: the one named by the parameter `table`, if any. */
  readonly table: string | null
  readonly effect: 'read' | 'write'
  /** Whether doing it twice leaves the same account as doing it once. */
  readonly isIdempotent: boolean
  /** False for the few methods that must not be given the key as first parameter. */
  readonly hasKey: boolean
  readonly result: ResultType
}

const contact = 'Contact'

export const OPERATIONS = {
  'ContactService.add': write(
    'Creates a contact; never looks for one that exists.',
    { data: 'row' },
    'id',
    { table: contact },
  ),
  'ContactService.addWithDupCheck': write(
    'Creates a contact or changes the one that matches. Not used by syncs (quirk 16).',
    { data: 'row', dupCheckType: 'dupCheck' },
    'id',
    { table: contact },
  ),
  'ContactService.update': again('Changes a contact.', { contactId: 'id', data: 'row' }, 'count', {
    table: contact,
  }),
  'ContactService.load': read(
    'One contact.',
    { contactId: 'id', selectedFields: 'columns' },
    'row',
    { table: contact },
  ),
  'ContactService.findByEmail': read(
    'Contacts with this address in any of the three e-mail fields.',
    { email: 'text', selectedFields: 'columns' },
    'rows',
    { table: contact },
  ),
  'ContactService.merge': write(
    'Merges two contacts; the first id survives. Cannot be undone.',
    { contactId: 'id', duplicateContactId: 'id' },
    'flag',
  ),
  'ContactService.addToGroup': again(
    'Gives a contact a tag; false: had it already.',
    { contactId: 'id', groupId: 'id' },
    'flag',
  ),
  'ContactService.removeFromGroup': again(
    'Takes a tag from a contact; false: did not have it.',
    { contactId: 'id', tagId: 'id' },
    'flag',
  ),
  'ContactService.addToCampaign': write(
    'Starts a follow-up sequence for a contact: may send mail.',
    { contactId: 'id', followUpSequenceId: 'id' },
    'flag',
  ),
  'ContactService.removeFromCampaign': again(
    'Ends a follow-up sequence for a contact.',
    { contactId: 'id', followUpSequenceId: 'id' },
    'flag',
  ),
  'ContactService.pauseCampaign': again(
    'Pauses a follow-up sequence for a contact.',
    { contactId: 'id', sequenceId: 'id' },
    'flag',
  ),
  'ContactService.resumeCampaignForContact': again(
    'Resumes a paused follow-up sequence for a contact: may send mail.',
    { contactId: 'id', seqId: 'id' },
    'changed',
  ),
  'ContactService.getNextCampaignStep': read(
    'The next step of a follow-up sequence for a contact.',
    { contactId: 'id', followUpSequenceId: 'id' },
    'count',
  ),
  'ContactService.rescheduleCampaignStep': write(
    'Performs a sequence step for contacts at once: may send mail.',
    { contactIds: 'ids', sequenceStepId: 'id' },
    'changed',
  ),
  'ContactService.runActionSequence': write(
    'Runs an action set on a contact: may do anything.',
    { contactId: 'id', actionSetId: 'id' },
    'steps',
    { optional: { params: 'row' } },
  ),
  'ContactService.linkContacts': again(
    'Links two contacts.',
    { contactId1: 'id', contactId2: 'id', linkTypeId: 'id' },
    'changed',
  ),
  'ContactService.unlinkContacts': again(
    'Unlinks two contacts.',
    { contactId1: 'id', contactId2: 'id', linkTypeId: 'id' },
    'changed',
  ),
  'ContactService.listLinkedContacts': read('Contacts linked to one.', { contactId: 'id' }, 'any'),
  'ContactService.echo': read('Answers the text.', { text: 'text' }, 'text', { hasKey: false }),
  'DataService.query': read(
    'Rows of a table that meet all conditions.',
    { table: 'text', limit: 'limit', page: 'page', queryData: 'filter', selectedFields: 'columns' },
    'rows',
    { optional: { orderBy: 'text', ascending: 'flag' } },
  ),
  'DataService.findByField': read(
    'Rows of a table with one field equal to a text.',
    {
      table: 'text',
      limit: 'limit',
      page: 'page',
      fieldName: 'text',
      fieldValue: 'text',
      returnFields: 'columns',
    },
    'rows',
  ),
  'DataService.count': read(
    'How many rows of a table meet all conditions.',
    { table: 'text', queryData: 'filter' },
    'count',
  ),
  'DataService.load': read(
    'One row of a table.',
    { table: 'text', recordId: 'id', wantedFields: 'columns' },
    'row',
  ),
  'DataService.add': write('Adds a row to a table.', { table: 'text', values: 'row' }, 'id'),
  'DataService.update': again(
    'Changes a row of a table.',
    { table: 'text', id: 'id', values: 'row' },
    'count',
  ),
  'DataService.delete': again('Deletes a row of a table.', { table: 'text', id: 'id' }, 'flag'),
  'DataService.addCustomField': write(
    'Creates a custom field below a header (DataFormGroup). Doing it twice makes two.',
    { customFieldType: 'text', displayName: 'text', dataType: 'text', headerId: 'id' },
    'id',
  ),
  'DataService.updateCustomField': again(
    'Changes label, header, options or default of a custom field.',
    { customFieldId: 'id', values: 'row' },
    'flag',
    { table: 'DataFormField' },
  ),
  'DataService.getAppSetting': read(
    'One setting of the account.',
    { module: 'text', setting: 'text' },
    'text',
  ),
  'DataService.getUserInfo': read('The user behind the token.', {}, 'any', { hasKey: false }),
  'DataService.authenticateUser': read(
    'Checks the password of a staff user (MD5, as hex); answers the user id.',
    { username: 'text', passwordHash: 'text' },
    'id',
  ),
  'DataService.getAppointmentICal': read(
    'One appointment as iCalendar text.',
    { appointmentId: 'id' },
    'text',
  ),
  'DataService.echo': read('Answers the text.', { text: 'text' }, 'text', { hasKey: false }),
  'APIEmailService.optIn': again(
    'Opts an address in for the first time; false: not changed. Not used by syncs (quirk 7).',
    { email: 'text', optInReason: 'text' },
    'flag',
  ),
  'APIEmailService.optOut': again(
    'Opts an address out. No later call can take it back.',
    { email: 'text', optOutReason: 'text' },
    'flag',
  ),
  'APIEmailService.getOptStatus': read(
    '0: not mailable, 1: opted in, 2: doubly opted in.',
    { email: 'text' },
    'count',
  ),
} as const satisfies Readonly<Record<string, Operation>>

export type OperationName = keyof typeof OPERATIONS

export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(OPERATIONS, name)
}

export const ROWS_MAX = 1000
/** Ids in one condition. */
export const IDS_MAX = 1000

type Parameters = Readonly<Record<string, ParameterType>>
interface More<O extends Parameters> {
  readonly optional?: O
  readonly table?: string
  readonly hasKey?: boolean
}
type Made<P, R, O> = Omit<Operation, 'parameters' | 'result' | 'optional'> & {
  readonly parameters: P
  readonly result: R
  readonly optional: O
}
type None = Readonly<Record<never, never>>

function read<
  const P extends Parameters,
  const R extends ResultType,
  const O extends Parameters = None,
>(about: string, parameters: P, result: R, more: More<O> = {}): Made<P, R, O> {
  return made({ about, effect: 'read', isIdempotent: true }, parameters, result, more)
}
/** A write that may be repeated. */
function again<
  const P extends Parameters,
  const R extends ResultType,
  const O extends Parameters = None,
>(about: string, parameters: P, result: R, more: More<O> = {}): Made<P, R, O> {
  return made({ about, effect: 'write', isIdempotent: true }, parameters, result, more)
}
/** A write that may not. */
function write<
  const P extends Parameters,
  const R extends ResultType,
  const O extends Parameters = None,
>(about: string, parameters: P, result: R, more: More<O> = {}): Made<P, R, O> {
  return made({ about, effect: 'write', isIdempotent: false }, parameters, result, more)
}
function made<P extends Parameters, R extends ResultType, O extends Parameters>(
  what: Pick<Operation, 'about' | 'effect' | 'isIdempotent'>,
  parameters: P,
  result: R,
  more: More<O>,
): Made<P, R, O> {
  const { optional = {} as O, table = null, hasKey = true } = more
  return { ...what, parameters, result, optional, table, hasKey }
}
