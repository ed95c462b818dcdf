/** What goes wrong by number of call: refusals without effect, spoilt answers, and people who work in the account meanwhile. */
import type { SimulatedResponse } from '../../../src/connector/simulator.ts'
import { htmlAnswer, quotaAnswer } from './answers.ts'
import { slotOf } from './contact-columns.ts'
import { writeCell } from './contact-row.ts'
import type { Context } from './context.ts'
import { FORMS } from './custom-column.ts'
import { Fault } from './fault.ts'
import type { Quirks } from './quirks.ts'

/** An answer in place of the call's own, which then has no effect. Throws faults 500, 1 and 3. */
export function refusal(quirks: Quirks, call: number): SimulatedResponse | null {
  const isTurn = (every: number | null) => every !== null && call % every === 0
  if (isTurn(quirks.json429Every)) return quotaAnswer()
  if (isTurn(quirks.htmlEvery)) return htmlAnswer(200, 'Developer Inactive')
  if (isTurn(quirks.unavailableEvery)) return htmlAnswer(503, 'Service Unavailable')
  if (isTurn(quirks.throttleFaultEvery)) {
    throw new Fault(
      500,
      'com.infusionsoft.throttle.ThrottlingException: Maximum number of threads throttled',
    )
  }
  if (isTurn(quirks.invalidConfigEvery)) throw new Fault(1, 'The application could not be found')
  if (isTurn(quirks.unexpectedEvery)) throw new Fault(3, 'An unexpected error occurred')
  return null
}

/** The answer as it arrives, after the call took effect. */
export function spoilt(quirks: Quirks, call: number, answer: SimulatedResponse): SimulatedResponse {
  if (quirks.blankBodyEvery !== null && call % quirks.blankBodyEvery === 0)
    return { ...answer, body: '' }
  if (quirks.truncateAt === call) {
    return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) }
  }
  return answer
}

/** What people do in the account after a call. */
export function workByHand(context: Context, call: number): void {
  const { editEvery, vanishField } = context.account.quirks
  if (editEvery !== null && call % editEvery === 0) editContact(context, call)
  if (vanishField !== null && vanishField.after === call) vanish(context, vanishField.name)
}

/** JobTitle becomes `Edited by hand N`. */
function editContact(context: Context, call: number): void {
  const { account } = context
  const people = account.contacts
  const row = people[Math.imul(call, 7919) % Math.max(people.length, 1)]
  if (row === undefined) return
  writeCell(row, slotOf('JobTitle'), `Edited by hand ${call}`)
  row.updated = account.wall()
  row.updatedBy = account.users[0]?.id ?? 0
  account.version++
}

function vanish({ account, tables }: Context, name: string): void {
  const at = account.fields.findIndex(
    (one) => one['Name'] === name && one['FormId'] === FORMS.Contact,
  )
  const field = account.fields[at]
  if (field === undefined) return
  account.fields.splice(at, 1)
  tables.dropCustomColumn(field)
  account.version++
}
