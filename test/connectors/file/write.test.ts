import { describe, expect, it } from 'vitest'
import { remoteId } from '../../../src/model/id.ts'
import { change, scanAll, sheet, signal } from './sheet.ts'

describe.each(['people.csv', 'people.ndjson'])('a new file %s', (name) => {
  it('holds what was written once the writer is closed, and nothing else lies beside it', async () => {
    const there = sheet(name)
    const writer = there.writer()
    await writer.createField(
      { label: 'Plan Level', name: 'plan_level', type: 'choices', options: null },
      signal,
    )
    const outcomes = await writer.write(
      [
        change('p:1', {
          fields: {
            givenName: 'Ada',
            'emails.1': 'ada@example.com',
            'custom.Plan Level': ['a', 'b | c'],
            'custom.ferry_key': 'keap:1',
          },
          tags: ['VIP', 'new'],
          groups: ['G'],
          consents: [
            {
              channel: 'email',
              address: 'ada@example.com',
              state: 'refused',
              reason: 'Spam',
              scope: null,
              since: '2020-01-01T00:00:00Z',
            },
          ],
        }),
        change('p:2', { fields: { givenName: '=1+1', notes: 'two\nlines "quoted"' } }),
      ],
      signal,
    )
    expect(outcomes.map((each) => each.kind)).toEqual(['done', 'done'])
    const before = await scanAll(writer)
    await writer.close()
    const after = await scanAll(there.reader())
    expect(after.sightings).toHaveLength(2)
    const [ada, other] = after.sightings
    expect(ada).toMatchObject({
      id: 'keap:1',
      fields: {
        givenName: 'Ada',
        'emails.1': 'ada@example.com',
        'custom.Plan Level': ['a', 'b | c'],
      },
      tags: ['VIP', 'new'],
      groups: ['G'],
      consents: [{ channel: 'email', state: 'refused', reason: 'Spam' }],
    })
    expect(other?.fields).toMatchObject({ givenName: '=1+1', notes: 'two\nlines "quoted"' })
    expect(before.sightings.map(({ id }) => id)).toEqual(after.sightings.map(({ id }) => id))
    expect(there.files()).toEqual([name, `${name}.ferry.json`])
    const found = await there.reader().find({ by: 'email', values: ['ADA@example.com'] }, signal)
    expect(found.map(({ id }) => id)).toEqual(['keap:1'])
    const fetched = await there.reader().fetch([remoteId('keap:1'), remoteId('no')], signal)
    expect(fetched.map(({ kind }) => kind)).toEqual(['found', 'gone'])
  })
})
