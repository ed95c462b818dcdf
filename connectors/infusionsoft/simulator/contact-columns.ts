/** The columns of Contact and Company: names, kinds and rights as the table reference lists them. */
import { type Cell, type ContactRow, readCell } from './contact-row.ts'
import { type Column, type ColumnKind, column } from './table.ts'

/** Text columns with a cell of their own. Order is the order of slots. */
const TEXT_COLUMNS =
  `Title FirstName MiddleName LastName Suffix Nickname JobTitle SpouseName AssistantName AssistantPhone ContactType
ReferralCode Language TimeZone Email EmailAddress2 EmailAddress3
Phone1 Phone1Type Phone1Ext Phone2 Phone2Type Phone2Ext Phone3 Phone3Type Phone3Ext Phone4 Phone4Type Phone4Ext Phone5 Phone5Type Phone5Ext
Fax1 Fax1Type Fax2 Fax2Type
Address1Type StreetAddress1 StreetAddress2 City State PostalCode ZipFour1 Country
Address2Type Address2Street1 Address2Street2 City2 State2 PostalCode2 ZipFour2 Country2
Address3Type Address3Street1 Address3Street2 City3 State3 PostalCode3 ZipFour3 Country3
Website ContactNotes BillingInformation Username Password Company`.split(/\s+/)
const DATE_COLUMNS = ['Birthday', 'Anniversary'] as const
const slots = new Map<string, number>(
  [...TEXT_COLUMNS, ...DATE_COLUMNS].map((name, i) => [name, i]),
)
/** Slots of custom fields begin here; slot = this + DataFormField.Id. */
export const customSlots = 1000

export const EMAIL_COLUMNS = ['Email', 'EmailAddress2', 'EmailAddress3'] as const
export const PHONE_COLUMNS: readonly string[] = ['Phone1', 'Phone2', 'Phone3', 'Phone4', 'Phone5']
/** Cut, not refused, at this length (table schema page). */
export const notesMax = 10_000

export function slotOf(name: string): number {
  const slot = slots.get(name)
  if (slot === undefined) throw new RangeError(`no such column: ${name}`)
  return slot
}

export function cellColumn(
  name: string,
  kind: ColumnKind,
  slot: number,
  maxLength = 255,
): Column<ContactRow> {
  return column<ContactRow>(name, kind, (row) => readCell(row, slot), {
    rights: 'AER',
    maxLength,
    slot,
  })
}

/** Columns of the shared table, without custom fields. `leadSourceName` resolves the joined text column. */
export function standardColumns(
  leadSourceName: (id: number) => Cell | undefined,
): readonly Column<ContactRow>[] {
  const write = { rights: 'AER' }
  return [
    column('Id', 'id', (row) => row.id),
    column('CreatedBy', 'int', (row) => row.createdBy),
    column('DateCreated', 'stamp', (row) => row.created),
    column('LastUpdated', 'stamp', (row) => row.updated),
    column('LastUpdatedBy', 'int', (row) => row.updatedBy),
    column('OwnerID', 'id', (row) => row.owner, write),
    column('CompanyID', 'id', (row) => row.company, write),
    column('AccountId', 'id', (row) => row.company, write),
    column('LeadSourceId', 'id', (row) => row.leadSource, write),
    column('Leadsource', 'text', (row) => leadSourceName(row.leadSource), write),
    column('Groups', 'text', groups),
    column('Validated', 'flag', () => undefined),
    ...TEXT_COLUMNS.map((name) => cellColumn(name, 'text', slotOf(name), maxLength(name))),
    ...DATE_COLUMNS.map((name) => cellColumn(name, 'date', slotOf(name))),
  ]
}

function maxLength(name: string): number {
  if (name === 'ContactNotes') return notesMax
  return name === 'Password' ? 16 : 255
}

/** Tag ids joined by commas, absent when there are none. */
function groups(row: ContactRow): string | undefined {
  const { tags } = row
  if (tags.length === 0) return undefined
  let text = String(tags[0])
  for (let i = 2; i < tags.length; i += 2) text += `,${tags[i]}`
  return text
}
