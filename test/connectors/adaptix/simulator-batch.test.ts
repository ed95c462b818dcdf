import { describe, expect, test } from 'vitest'
import { create, start, valuesOf } from './simulator-driver.ts'

describe('batch new', () => {
  test('answers by index, an object where an item before a good one failed', () => {
    const driver = start()
    create(driver, { email: 'ravi@quay.test' })
    const reply = driver.send('POST', '/contacts/batch/new', [
      { email: 'a1@quay.test' },
      { email: 'a2@quay.test', country: 'Türkiye' },
      { email: 'ravi@quay.test', city: 'Oslo' },
    ])
    expect(reply.status).toBe(201)
    expect(reply.text.startsWith('{"contacts":{"0":{')).toBe(true)
    expect(reply.json['contacts']?.['0']?.['id']).toBe(2)
    expect(reply.json['contacts']?.['2']?.['id']).toBe(1)
    expect(reply.json['statusCodes']).toEqual([201, 400, 200])
    expect(reply.json['errors']).toEqual({
      '1': {
        code: 400,
        message: 'country: This value is not valid.',
        details: { country: ['This value is not valid.'] },
        type: null,
      },
    })
  })

  test('is an array without holes; a failed tail shortens it; without failures there are no errors', () => {
    const driver = start()
    const good = driver.send('POST', '/contacts/batch/new', [{}, {}])
    expect(good.text.startsWith('{"contacts":[{')).toBe(true)
    expect(good.json).not.toHaveProperty('errors')
    const tail = driver.send('POST', '/contacts/batch/new', [{}, { email: '?' }])
    expect(tail.json['contacts']).toHaveLength(1)
    expect(tail.json['statusCodes']).toEqual([201, 400])
    const first = driver.send('POST', '/contacts/batch/new', [{ email: '?' }])
    expect([first.json['contacts'], first.json['statusCodes']]).toEqual([[], [400]])
    expect(first.json['errors']).toHaveLength(1)
  })

  test('finds its own items: the same address twice is one contact', () => {
    const reply = start().send('POST', '/contacts/batch/new', [
      { email: 'x@y.test' },
      { email: 'X@y.test' },
    ])
    expect(reply.json['statusCodes']).toEqual([201, 200])
    expect(reply.json['contacts']?.[1]?.['id']).toBe(1)
  })

  test('beyond its limit is a 500 that says so, and nothing happened', () => {
    const driver = start({ batchLimit: 2 })
    const reply = driver.send('POST', '/contacts/batch/new', [{}, {}, {}])
    expect(reply.status).toBe(500)
    expect(reply.json['errors']?.[0]?.['message']).toBe(
      'A max of 2 entities are supported at a time.',
    )
    expect(driver.simulator.snapshot()).toEqual([])
    const many = Array.from({ length: 201 }, () => ({}))
    expect(start().send('POST', '/contacts/batch/new', many).status).toBe(500)
    expect(start().send('POST', '/contacts/batch/new', many.slice(1)).status).toBe(201)
    expect(start().send('POST', '/contacts/batch/new', { email: 'x@y.test' }).status).toBe(500)
  })

  test.each([
    ['earlier', 1],
    ['none', 0],
    ['all', 3],
  ])('with a poisoned item leaves %s', (poisonEffects, saved) => {
    const driver = start({ poisonEmail: 'bad@y.test', poisonEffects })
    const items = [{ email: 'a@y.test' }, { email: 'BAD@y.test' }, { email: 'c@y.test' }]
    expect(driver.send('POST', '/contacts/batch/new', items).status).toBe(500)
    expect(driver.simulator.snapshot()).toHaveLength(saved)
    const alone = driver.send('POST', '/contacts/new', { email: 'bad@y.test' })
    expect(alone.status).toBe(500)
  })

  test('chokes on one value of one field', () => {
    const driver = start({ poisonField: 'city', poisonValue: 'Atlantis' })
    expect(
      driver.send('POST', '/contacts/batch/new', [{ city: 'Oslo' }, { city: 'Atlantis' }]).status,
    ).toBe(500)
    expect(driver.simulator.snapshot()).toHaveLength(1)
  })
})

describe('batch edit', () => {
  test('tells a missing row apart, its errors as an array', () => {
    const driver = start()
    create(driver, {})
    const reply = driver.send('PATCH', '/contacts/batch/edit', [
      { id: 99, city: 'X' },
      { id: 1, city: 'Y' },
    ])
    expect(reply.status).toBe(200)
    expect(Object.keys(reply.json['contacts'] ?? {})).toEqual(['1'])
    expect(reply.json['contacts']?.['1']?.['id']).toBe(1)
    expect(reply.json['statusCodes']).toEqual([404, 200])
    expect(reply.json['errors']).toEqual([
      { message: 'Item was not found.', code: 404, type: 'api' },
    ])
  })

  test('by PUT makes what is missing', () => {
    const driver = start()
    const reply = driver.send('PUT', '/contacts/batch/edit', [{ id: 99, email: 'a@b.test' }])
    expect(reply.json['statusCodes']).toEqual([201])
    expect(reply.json['contacts']?.[0]?.['id']).toBe(1)
  })

  test('writes to the wrong rows in 3.3 unless ids ascend, and to the right ones in 4.4', () => {
    const cities = (version: string) => {
      const driver = start({ version })
      create(driver, {}, {})
      driver.send('PATCH', '/contacts/batch/edit', [
        { id: 2, city: 'two' },
        { id: 1, city: 'one' },
      ])
      return [valuesOf(driver, 1)['city'], valuesOf(driver, 2)['city']]
    }
    expect(cities('3.3')).toEqual(['two', 'one'])
    expect(cities('4.4')).toEqual(['one', 'two'])
    expect(cities('2.16')).toEqual(['one', 'two'])
  })

  test('with an item without id shifts all that follow', () => {
    const driver = start()
    create(driver, {}, {})
    const reply = driver.send('PATCH', '/contacts/batch/edit', [
      { id: 1, city: 'one' },
      { city: 'lost' },
      { id: 2, city: 'two' },
    ])
    expect(reply.json['statusCodes']).toEqual([200, 400, 404])
    expect(valuesOf(driver, 2)['city']).toBe('lost')
  })

  test('with the same id twice crashes from 4.x to 5.x', () => {
    const status = (version: string) => {
      const driver = start({ version })
      create(driver, {})
      const items = [
        { id: 1, city: 'a' },
        { id: 1, city: 'b' },
      ]
      const reply = driver.send('PATCH', '/contacts/batch/edit', items)
      return [reply.status, valuesOf(driver, 1)['city']]
    }
    expect(status('4.4')).toEqual([500, 'a'])
    expect(status('5.2')).toEqual([500, 'a'])
    expect(status('7.0')).toEqual([200, 'b'])
    expect(status('2.16')).toEqual([200, 'b'])
  })

  test('crashes on an unknown id before 4.x, and on a shared stage in 4.4', () => {
    const old = start({ version: '3.3' })
    create(old, {})
    expect(old.send('PATCH', '/contacts/batch/edit', [{ id: 1 }, { id: 9 }]).status).toBe(500)
    const staged = start()
    create(staged, { stage: 1 }, { stage: 1 })
    expect(staged.send('PATCH', '/contacts/batch/edit', [{ id: 1 }, { id: 2 }]).status).toBe(500)
  })
})
