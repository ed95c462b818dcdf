/** Tables of few rows and no columns of their own making: tags, fields, sequences, notes. Rights and columns are those of the table reference. */
import type { Account } from './account.ts'
import { type SmallRow, smallTable, type Table } from './table.ts'

export function smallTables(account: Account): readonly Table<SmallRow>[] {
  const id = ['Id', 'id'] as const
  return [
    smallTable(
      'ContactGroup',
      'AER',
      [id, ['GroupName', 'text'], ['GroupCategoryId', 'id'], ['GroupDescription', 'text']],
      account.tags,
    ),
    smallTable(
      'ContactGroupCategory',
      'AER',
      [id, ['CategoryName', 'text'], ['CategoryDescription', 'text']],
      account.tagCategories,
    ),
    smallTable(
      'DataFormField',
      'ER',
      [
        id,
        ['FormId', 'id', 'R'],
        ['GroupId', 'id'],
        ['DataType', 'int', 'R'],
        ['Name', 'text', 'R'],
        ['Label', 'text'],
        ['DefaultValue', 'text'],
        ['Values', 'text'],
        ['ListRows', 'int'],
        ['UserGroup', 'int', 'R'],
      ],
      account.fields,
    ),
    smallTable('DataFormGroup', 'R', [id, ['TabId', 'id'], ['Name', 'text']], account.fieldGroups),
    smallTable('DataFormTab', 'R', [id, ['FormId', 'id'], ['TabName', 'text']], account.fieldTabs),
    smallTable('Campaign', 'R', [id, ['Name', 'text'], ['Status', 'text']], account.sequences),
    smallTable(
      'CampaignStep',
      'R',
      [
        id,
        ['CampaignId', 'id'],
        ['TemplateId', 'id'],
        ['StepStatus', 'text'],
        ['StepTitle', 'text'],
      ],
      account.sequenceSteps,
    ),
    smallTable(
      'Campaignee',
      'R',
      [id, ['CampaignId', 'id'], ['ContactId', 'id'], ['Campaign', 'text'], ['Status', 'text']],
      account.campaignees,
    ),
    smallTable(
      'ActionSequence',
      'R',
      [id, ['TemplateName', 'text'], ['VisibleToTheseUsers', 'text']],
      account.actionSets,
    ),
    smallTable(
      'ContactAction',
      'AER',
      [
        id,
        ['ContactId', 'id'],
        ['OpportunityId', 'id'],
        ['ActionType', 'text'],
        ['ActionDescription', 'text'],
        ['CreationDate', 'stamp', 'R'],
        ['CreationNotes', 'text'],
        ['CompletionDate', 'stamp'],
        ['ActionDate', 'stamp'],
        ['EndDate', 'stamp'],
        ['PopupDate', 'stamp'],
        ['UserID', 'id'],
        ['Accepted', 'flag'],
        ['CreatedBy', 'id', 'R'],
        ['LastUpdated', 'stamp', 'R'],
        ['LastUpdatedBy', 'id', 'R'],
        ['Priority', 'int'],
        ['IsAppointment', 'flag'],
        ...(account.quirks.objectType ? ([['ObjectType', 'text', 'R']] as const) : []),
      ],
      account.contactActions,
    ),
    smallTable('LeadSource', 'R', [id, ['Name', 'text']], account.leadSources),
    smallTable('UserGroup', 'R', [id, ['Name', 'text']], account.userGroups),
    smallTable(
      'GroupAssign',
      'R',
      [id, ['UserId', 'id'], ['GroupId', 'id'], ['Admin', 'flag']],
      account.userGroupMembers,
    ),
  ]
}
