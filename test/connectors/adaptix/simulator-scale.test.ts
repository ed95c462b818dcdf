import { expect, test } from 'vitest'
import { type Driver, idsOf, start } from './simulator-driver.ts'

const contacts = 20_000

/** Everybody by keyset, `limit` a page. */
function scan(driver: Driver, limit: number, filter = ''): number[] {
  const ids: number[] = []
  for (let last = 0; ; last = ids.at(-1) ?? 0) {
    const query = `where[0][col]=id&where[0][expr]=gt&where[0][val]=${last}${filter}`
    const page = idsOf(
      driver.get(`/contacts?${query}&orderBy=id&limit=${limit}&select[]=id&select[]=email`),
    )
    ids.push(...page)
    if (page.length < limit) return ids
  }
}

test('a large account is scanned by id, looked up by address and custom value, and written in full batches', () => {
  const driver = start({}, contacts)
  expect(scan(driver, 1000)).toHaveLength(contacts)
  const known = scan(driver, 1000, '&search=!is:anonymous')
  expect(known.length).toBeGreaterThan(contacts * 0.9)

  const batches = 5
  for (let batch = 0; batch < batches; batch++) {
    const items = Array.from({ length: 200 }, (_, item) => ({
      email: `new-${batch}-${item}@load.test`,
      customer_number: `K-${batch}-${item}`,
      tags: ['load'],
    }))
    const reply = driver.send('POST', '/contacts/batch/new', items)
    expect(
      Object.values(reply.json['statusCodes'] ?? {}).every((code) => Number(code) === 201),
    ).toBe(true)
    const column = 'where[0][col]=customer_number&where[0][expr]=in'
    const found = driver.get(`/contacts?${column}&where[0][val]=k-${batch}-7,K-${batch}-199,K-9-9`)
    expect(found.json['total']).toBe('2')
  }
  expect(scan(driver, 1000)).toHaveLength(contacts + batches * 200)
  const again = driver.send('POST', '/contacts/new', { email: 'NEW-3-4@load.test' })
  expect(again.status).toBe(200)
  expect(again.json['contact']?.['id']).toBe(contacts + 3 * 200 + 5)
})

test('the index of a custom value follows edits and deletions', () => {
  const driver = start({}, 50)
  const look = (value: string) =>
    idsOf(
      driver.get(
        `/contacts?where[0][col]=customer_number&where[0][expr]=in&where[0][val]=${value}`,
      ),
    )
  driver.send('PATCH', '/contacts/7/edit', { customer_number: 'one' })
  driver.send('PATCH', '/contacts/9/edit', { customer_number: 'ONE' })
  expect(look('one').sort((a, b) => a - b)).toEqual([7, 9])
  driver.send('PATCH', '/contacts/7/edit', { customer_number: 'two' })
  expect([look('one'), look('two')]).toEqual([[9], [7]])
  driver.send('DELETE', '/contacts/9/delete')
  expect(look('one')).toEqual([])
})
