/** ContactService: follow-up sequences ("campaigns") and action sets. They can be run, not made. */
import { type Account, appendSmall, smallById } from './account.ts'
import { type ContactRow, giveTag } from './contact-row.ts'
import { existing } from './contact-write.ts'
import type { Context, Method, Methods } from './context.ts'
import { Fault } from './fault.ts'
import { int, ints } from './signature.ts'
import type { SmallRow } from './table.ts'

export function sequenceService(context: Context): Methods {
  const { account, watch, write } = context
  const contactOf = (id: number) => existing(context, context.tables.contact, id)
  /** A write that answers whether it changed anything. */
  const change = (
    name: string,
    act: (contact: ContactRow, sequence: SmallRow) => boolean,
  ): Method => ({
    overloads: [['int', 'int']],
    effect: 'write',
    run([id, sequenceId]) {
      const contact = contactOf(int(id))
      const changed = act(contact, existingSequence(account, int(sequenceId)))
      if (changed && STARTING.includes(name)) watch.touched(contact.id, name)
      return write.flag(changed)
    },
  })
  return {
    'ContactService.addToCampaign': change('ContactService.addToCampaign', (contact, sequence) => {
      const member = memberOf(account, contact, sequence)
      if (member === undefined) {
        appendSmall(account.campaignees, {
          CampaignId: sequence.Id,
          ContactId: contact.id,
          Campaign: sequence['Name'],
          Status: 'Active',
        })
        return true
      }
      return setStatus(member, 'Active')
    }),
    'ContactService.removeFromCampaign': change(
      'ContactService.removeFromCampaign',
      (contact, sequence) => {
        const member = memberOf(account, contact, sequence)
        if (member === undefined) return false
        account.campaignees.splice(account.campaignees.indexOf(member), 1)
        return true
      },
    ),
    'ContactService.pauseCampaign': change('ContactService.pauseCampaign', (contact, sequence) =>
      setStatus(memberOf(account, contact, sequence), 'Inactive'),
    ),
    'ContactService.resumeCampaignForContact': change(
      'ContactService.resumeCampaignForContact',
      (contact, sequence) => setStatus(memberOf(account, contact, sequence), 'Active'),
    ),
    'ContactService.getNextCampaignStep': {
      overloads: [['int', 'int']],
      effect: 'read',
      run([id, sequenceId]) {
        const sequence = existingSequence(account, int(sequenceId))
        const member = memberOf(account, contactOf(int(id)), sequence)
        const step = account.sequenceSteps.find((one) => one['CampaignId'] === sequence.Id)
        return write.int(member?.['Status'] === 'Active' ? (step?.Id ?? 0) : 0)
      },
    },
    'ContactService.rescheduleCampaignStep': {
      overloads: [['array', 'int']],
      effect: 'write',
      run([contacts, stepId]) {
        const step = smallById(account.sequenceSteps, int(stepId))
        if (step === undefined) throw new Fault(5, `No CampaignStep with Id ${int(stepId)}`)
        const rows = ints(contacts).map(contactOf)
        for (const row of rows) watch.touched(row.id, 'ContactService.rescheduleCampaignStep')
        return write.int(rows.length)
      },
    },
    'ContactService.runActionSequence': {
      overloads: [
        ['int', 'int'],
        ['int', 'int', 'struct'],
      ],
      effect: 'write',
      run([id, actionSetId]) {
        const contact = contactOf(int(id))
        const actionSet = smallById(account.actionSets, int(actionSetId))
        if (actionSet === undefined)
          throw new Fault(5, `No ActionSequence with Id ${int(actionSetId)}`)
        watch.touched(contact.id, 'ContactService.runActionSequence')
        return runActions(context, contact, actionSet)
      },
    },
  }
}

/** Changes after which mail may go out. */
const STARTING = ['ContactService.addToCampaign', 'ContactService.resumeCampaignForContact']

/** The first action set gives the first tag; every other one fails to send a mail. Their steps cannot be read. */
function runActions(context: Context, contact: ContactRow, actionSet: SmallRow): string {
  const { account, write } = context
  const item = (action: string, message: string, isError: boolean) =>
    write.struct([
      ['Action', write.text(action)],
      ['Message', write.text(message)],
      ['IsError', write.flag(isError)],
    ])
  const tag = account.tags[0]
  if (actionSet === account.actionSets[0] && tag !== undefined) {
    giveTag(contact, tag.Id, account.wall())
    return write.array([
      item('Apply/Remove Tag', `tags applied to Contact: ${tag['GroupName']}`, false),
    ])
  }
  return write.array([item('Send Email', 'email could not be sent', true)])
}

function existingSequence(account: Account, id: number): SmallRow {
  const sequence = smallById(account.sequences, id)
  if (sequence === undefined) throw new Fault(5, `No Campaign with Id ${id}`)
  return sequence
}

function memberOf(account: Account, contact: ContactRow, sequence: SmallRow): SmallRow | undefined {
  return account.campaignees.find(
    (one) => one['ContactId'] === contact.id && one['CampaignId'] === sequence.Id,
  )
}

function setStatus(member: SmallRow | undefined, status: 'Active' | 'Inactive'): boolean {
  if (member === undefined || member['Status'] === status) return false
  member['Status'] = status
  return true
}
