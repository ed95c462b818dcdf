import { describe, expect, test } from 'vitest'
import { create, type Driver, start } from './simulator-driver.ts'

const optOut = [{ channel: 'email', reason: 1 }]

function breaches(driver: Driver): readonly string[] {
  return driver.simulator.consentBreaches
}

describe('consent', () => {
  test('is kept when a contact is created opted out', () => {
    const driver = start()
    create(driver, { email: 'a@b.test', tags: ['x'], doNotContact: optOut })
    driver.send('POST', '/segments/1/contact/1/add')
    driver.send('POST', '/contacts/1/dnc/email/add', { reason: 1 })
    expect(driver.simulator.snapshot()[0]?.optedOut).toEqual(['a@b.test'])
    expect(breaches(driver)).toEqual([])
  })

  test('is broken when the opt-out follows the creation, and all that came in between', () => {
    const driver = start()
    create(driver, { email: 'a@b.test' })
    driver.send('PATCH', '/contacts/1/edit', { tags: ['x'] })
    driver.send('POST', '/segments/1/contacts/add', { ids: [1] })
    driver.advance(5000)
    expect(breaches(driver)).toEqual([])
    driver.send('POST', '/contacts/1/dnc/email/add', { reason: 1 })
    expect(breaches(driver)).toEqual([
      'contact 1 <a@b.test> was created while contactable 2026-03-01T09:15:00+00:00; opted out 2026-03-01T09:15:05+00:00',
      'contact 1 <a@b.test> was tagged while contactable 2026-03-01T09:15:00+00:00; opted out 2026-03-01T09:15:05+00:00',
      'contact 1 <a@b.test> was put into a segment while contactable 2026-03-01T09:15:00+00:00; opted out 2026-03-01T09:15:05+00:00',
    ])
  })

  test('belongs to the address: the opt-out of a twin counts', () => {
    const driver = start()
    create(driver, { email: 'a@b.test' })
    driver.send('PUT', '/contacts/99/edit', { email: 'A@b.test', doNotContact: optOut })
    expect(breaches(driver)).toHaveLength(1)
    expect(breaches(driver)[0]).toContain('opted out at contact 2')
  })

  test('is broken by lifting an opt-out that comes back, and by an automation of an old contact', () => {
    const driver = start({}, 40)
    const contact = driver.simulator.snapshot().find((one) => one.optedOut.length > 0)
    const path = `/contacts/${contact?.id}/dnc/email`
    driver.send('POST', `${path}/remove`)
    driver.send('POST', `/automations/1/contact/${contact?.id}/add`)
    driver.send('POST', `${path}/add`, { reason: 1 })
    expect(breaches(driver).map((line) => /was (.*) while/.exec(line)?.[1])).toEqual([
      'opted in again',
      'put into an automation',
    ])
  })

  test('is not broken by SMS, by contacts without address, or by what a person does here', () => {
    const driver = start()
    create(driver, { email: 'a@b.test' }, { firstname: 'Nobody' }, { email: 'c@b.test' })
    driver.send('POST', '/contacts/1/dnc/sms/add')
    driver.send('POST', '/contacts/2/dnc/email/add')
    driver.person('POST', '/contacts/3/dnc/email/add')
    driver.person('POST', '/contacts/new', { email: 'd@b.test' })
    driver.send('POST', '/contacts/4/dnc/email/add')
    expect(breaches(driver)).toEqual([])
  })
})
