/** What an earlier version wrote all out is read as it was meant. */
import { expect, test } from 'vitest'
import { parseConsent } from '../../src/state/sql/consent-text.ts'
import { readOp, unknownWords, unpackOp } from '../../src/state/sql/packed-op.ts'
import { readSighting, shapeName, unpackSighting } from '../../src/state/sql/packed-sighting.ts'
import { consent, op, sighting } from './examples.ts'

test('an op that was written all out', () => {
  const old = op(7)
  const read = readOp(JSON.stringify(old))
  expect(unknownWords([read]).size).toBe(0)
  expect(unpackOp(read)).toEqual(old)
})

test('a contact that was staged all out', () => {
  const old = sighting('7')
  const read = readSighting(JSON.stringify(old))
  expect(shapeName(read)).toBeNull()
  expect(unpackSighting(read, new Map())).toEqual(old)
})

test('a consent that was staged all out', () => {
  const old = consent()
  expect(parseConsent(JSON.stringify(old))).toEqual(old)
})

test('a word or a shape that is lost is an error and no empty field', () => {
  const packed = readOp(JSON.stringify([[['0123456789ab', 'x']], 0, 0, 1]))
  expect(() => unpackOp(packed)).toThrow('0123456789ab')
  expect(() => unpackSighting(readSighting('["0123456789ab",[],"1"]'), new Map())).toThrow(
    '0123456789ab',
  )
})
