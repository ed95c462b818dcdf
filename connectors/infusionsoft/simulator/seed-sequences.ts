/** The follow-up sequences and action sets of a new account, and who is in them. */
import { type Account, appendSmall } from './account.ts'

const memberEvery = 11

export function seedSequences(account: Account): void {
  for (const [name, steps] of [
    ['New customer', 3],
    ['Newsletter welcome', 2],
    ['Win back “sleepers”', 1],
  ] as const) {
    const sequence = appendSmall(account.sequences, { Name: name, Status: 'Active' })
    for (let step = 1; step <= steps; step++) {
      appendSmall(account.sequenceSteps, {
        CampaignId: sequence.Id,
        TemplateId: 500 + step,
        StepStatus: 'Ready',
        StepTitle: `Mail ${step}`,
      })
    }
  }
  appendSmall(account.actionSets, { TemplateName: 'Welcome & tag', VisibleToTheseUsers: '' })
  appendSmall(account.actionSets, { TemplateName: 'Send price list', VisibleToTheseUsers: '1' })
  account.contacts.forEach((contact, i) => {
    if (contact.kind !== 'contact' || i % memberEvery !== 0) return
    const sequence = account.sequences[i % account.sequences.length]
    appendSmall(account.campaignees, {
      CampaignId: sequence?.Id,
      ContactId: contact.id,
      Campaign: sequence?.['Name'],
      Status: i % 2 === 0 ? 'Active' : 'Inactive',
    })
  })
}
