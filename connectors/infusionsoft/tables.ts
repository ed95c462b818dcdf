/** The tables of the account that this connector knows: their columns, the types on the wire, and what may be done with each. */

/** `stamp`: a wall time of the account's zone. */
export type ColumnType = 'int' | 'text' | 'stamp'

export interface Column {
  readonly type: ColumnType
  /** May be given when a row is added or changed; every column can be read. */
  readonly isWritable: boolean
}
export interface Table {
  readonly columns: Readonly<Record<string, Column>>
  /** What the API lets anybody do with rows: add, edit, delete, read. */
  readonly rights: string
  /** Custom fields appear in its rows as `_` and their name. */
  readonly hasCustomFields: boolean
}

const CONTACT_TEXTS = `Title FirstName MiddleName LastName Suffix Nickname JobTitle SpouseName AssistantName AssistantPhone
  ContactType ReferralCode Language TimeZone Email EmailAddress2 EmailAddress3
  Phone1 Phone1Type Phone1Ext Phone2 Phone2Type Phone2Ext Phone3 Phone3Type Phone3Ext Phone4 Phone4Type Phone4Ext
  Phone5 Phone5Type Phone5Ext Fax1 Fax1Type Fax2 Fax2Type
  Address1Type StreetAddress1 StreetAddress2 City State PostalCode ZipFour1 Country
  Address2Type Address2Street1 Address2Street2 City2 State2 PostalCode2 ZipFour2 Country2
  Address3Type Address3Street1 Address3Street2 City3 State3 PostalCode3 ZipFour3 Country3
  Website ContactNotes BillingInformation Username Password Company`

const CONTACT_COLUMNS = {
  ...written(CONTACT_TEXTS, 'text'),
  ...written('Birthday Anniversary', 'stamp'),
  ...written('OwnerID CompanyID AccountId', 'int'),
  ...read('Id CreatedBy LastUpdatedBy', 'int'),
  ...read('DateCreated LastUpdated', 'stamp'),
  ...read('Groups Validated', 'text'),
}

const TABLES = {
  Contact: {
    columns: {
      ...CONTACT_COLUMNS,
      ...written('LeadSourceId', 'int'),
      ...written('Leadsource', 'text'),
    },
    rights: 'AEDR',
    hasCustomFields: true,
  },
  Company: { columns: CONTACT_COLUMNS, rights: 'AEDR', hasCustomFields: true },
  ContactGroup: {
    columns: {
      ...read('Id', 'int'),
      ...written('GroupName GroupDescription', 'text'),
      ...written('GroupCategoryId', 'int'),
    },
    rights: 'AER',
    hasCustomFields: false,
  },
  ContactGroupCategory: {
    columns: { ...read('Id', 'int'), ...written('CategoryName CategoryDescription', 'text') },
    rights: 'AER',
    hasCustomFields: false,
  },
  ContactGroupAssign: {
    columns: {
      ...read('ContactId GroupId', 'int'),
      ...read('ContactGroup', 'text'),
      ...read('DateCreated', 'stamp'),
    },
    rights: 'R',
    hasCustomFields: false,
  },
  /** Which staff users belong to which user group: nothing to do with contacts or their tags (quirk 12). */
  GroupAssign: {
    columns: read('Id UserId GroupId Admin', 'int'),
    rights: 'R',
    hasCustomFields: false,
  },
  DataFormField: {
    columns: {
      ...read('Id FormId DataType', 'int'),
      ...written('GroupId ListRows', 'int'),
      ...read('Name', 'text'),
      ...written('Label DefaultValue Values', 'text'),
    },
    rights: 'ER',
    hasCustomFields: false,
  },
  DataFormGroup: {
    columns: { ...read('Id TabId', 'int'), ...read('Name', 'text') },
    rights: 'R',
    hasCustomFields: false,
  },
  DataFormTab: {
    columns: { ...read('Id FormId', 'int'), ...read('TabName', 'text') },
    rights: 'R',
    hasCustomFields: false,
  },
  EmailAddStatus: {
    columns: {
      ...read('Id', 'int'),
      ...read('Email Type', 'text'),
      ...read('DateCreated LastSentDate LastOpenDate LastClickDate', 'stamp'),
    },
    rights: 'R',
    hasCustomFields: false,
  },
  User: {
    columns: {
      ...read('Id GlobalUserId Partner', 'int'),
      ...read(
        `FirstName LastName Email EmailAddress2 EmailAddress3 Phone1 Phone1Type Phone1Ext Phone2 Phone2Type Phone2Ext
        StreetAddress1 StreetAddress2 City State PostalCode ZipFour1 Title Suffix Nickname SpouseName Signature HTMLSignature`,
        'text',
      ),
    },
    rights: 'R',
    hasCustomFields: false,
  },
  /** Follow-up sequences of the old kind, not the campaign builder. */
  Campaign: {
    columns: { ...read('Id', 'int'), ...read('Name Status', 'text') },
    rights: 'R',
    hasCustomFields: false,
  },
  CampaignStep: {
    columns: {
      ...read('Id CampaignId TemplateId', 'int'),
      ...read('StepStatus StepTitle', 'text'),
    },
    rights: 'R',
    hasCustomFields: false,
  },
  Campaignee: {
    columns: { ...read('CampaignId ContactId', 'int'), ...read('Campaign Status', 'text') },
    rights: 'R',
    hasCustomFields: false,
  },
  /** Notes, tasks and appointments of contacts. */
  ContactAction: {
    columns: {
      ...read('Id CreatedBy LastUpdatedBy', 'int'),
      ...written('ContactId OpportunityId UserID IsAppointment Priority Accepted', 'int'),
      ...written('ActionType ActionDescription CreationNotes', 'text'),
      ...read('ObjectType', 'text'),
      ...written('ActionDate EndDate CompletionDate PopupDate', 'stamp'),
      ...read('CreationDate LastUpdated', 'stamp'),
    },
    rights: 'AER',
    hasCustomFields: false,
  },
  ActionSequence: {
    columns: { ...read('Id', 'int'), ...read('TemplateName VisibleToTheseUsers', 'text') },
    rights: 'R',
    hasCustomFields: false,
  },
} as const satisfies Readonly<Record<string, Table>>

export type TableName = keyof typeof TABLES

/** Tables that are not described here can still be named in a typed operation; their columns are then taken as they come. */
export function tableOf(name: string): Table | null {
  return Object.hasOwn(TABLES, name) ? TABLES[name as TableName] : null
}

/** `DataFormField.FormId` of the fields of contacts; the other forms belong to other records. */
export const CONTACT_FORM = -1

function written(names: string, type: ColumnType): Record<string, Column> {
  return columns(names, { type, isWritable: true })
}
function read(names: string, type: ColumnType): Record<string, Column> {
  return columns(names, { type, isWritable: false })
}
function columns(names: string, column: Column): Record<string, Column> {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, column]),
  )
}
