import { expect, test } from 'vitest'

import { askedQuiet, spentQuiet } from '../../src/http/retry-after.ts'

const SERVER_MS = Date.parse('Tue, 06 Nov 2001 08:49:30 GMT')
/** Our clock is a day ahead; it must not matter. */
const NOW_MS = SERVER_MS + 86_400_000

function answered(headers: Record<string, string>, dateMs: number | null = SERVER_MS) {
  return { headers, dateMs, nowMs: NOW_MS }
}

test.each([
  ['12', 12_000],
  ['0', 0],
  [' 1.5 ', 1_500],
  ['Tue, 06 Nov 2001 08:49:37 GMT', 7_000],
  ['Tue, 06 Nov 2001 08:49:20 GMT', 0],
  ['soon', null],
  ['-3', null],
  ['', null],
])('Retry-After: "%s" asks for %s ms', (text, expected) => {
  expect(askedQuiet(answered({ 'retry-after': text }))).toBe(expected)
})

test('takes our clock only when the server told no date', () => {
  const headers = { 'retry-after': new Date(NOW_MS + 4_000).toUTCString() }
  expect(askedQuiet(answered(headers, null))).toBe(4_000)
})

test('reads X-RateLimit-Reset as epoch seconds, or as seconds when it is too small for that', () => {
  expect(askedQuiet(answered({ 'x-ratelimit-reset': String(SERVER_MS / 1000 + 30) }))).toBe(30_000)
  expect(askedQuiet(answered({ 'x-ratelimit-reset': '45' }))).toBe(45_000)
  expect(askedQuiet(answered({ 'x-ratelimit-reset': 'later' }))).toBeNull()
})

test('prefers Retry-After to a reset', () => {
  const headers = { 'retry-after': '3', 'x-ratelimit-reset': '45' }
  expect(askedQuiet(answered(headers))).toBe(3_000)
})

test('a spent quota is quiet until it renews, when that is told', () => {
  const reset = String(SERVER_MS / 1000 + 30)
  expect(spentQuiet(answered({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }))).toBe(
    30_000,
  )
  expect(
    spentQuiet(answered({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': reset })),
  ).toBeNull()
  expect(spentQuiet(answered({ 'x-ratelimit-remaining': '0' }))).toBeNull()
  expect(spentQuiet(answered({ 'x-ratelimit-reset': reset }))).toBeNull()
})

test('a spent product quota or throttle is quiet until its expiry, when that is told', () => {
  const headers = {
    'x-keap-product-quota-available': '0',
    'x-keap-product-quota-expiry-time': String(SERVER_MS + 5_000),
    'x-keap-product-throttle-available': '0',
    'x-keap-product-throttle-expiry-time': String(SERVER_MS + 60_000),
  }
  expect(spentQuiet(answered(headers))).toBe(60_000)
  expect(askedQuiet(answered(headers))).toBe(60_000)
  expect(spentQuiet(answered({ 'x-keap-product-throttle-available': '0' }))).toBeNull()
  expect(
    spentQuiet(
      answered({
        ...headers,
        'x-keap-product-quota-available': '9',
        'x-keap-product-throttle-available': '9',
      }),
    ),
  ).toBeNull()
})
