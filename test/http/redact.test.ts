import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { insecureUrlProblem } from '../../src/http/loopback.ts'
import { redactor, sniff } from '../../src/http/redact.ts'

const SECRET = `it's "Zoë" & <me>/+?=`

describe('redacting', () => {
  const redact = redactor([SECRET, 'abc', ''])

  test.each([
    ['plain', SECRET],
    ['url-encoded', encodeURIComponent(SECRET)],
    ['form-encoded', new URLSearchParams({ k: SECRET }).toString().slice(2)],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64url', Buffer.from(SECRET).toString('base64url')],
    ['JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['XML', 'it&apos;s &quot;Zoë&quot; &amp; &lt;me&gt;/+?='],
    ['XML text', `it's "Zoë" &amp; &lt;me&gt;/+?=`],
    ['HTML', 'it&#39;s &quot;Zoë&quot; &amp; &lt;me&gt;/+?='],
  ])('removes a secret in %s form', (_form, disguise) => {
    expect(redact(`before ${disguise} after`)).toBe('before *** after')
  })

  test('removes any secret from any text, wherever it stands', () => {
    const secret = fc
      .string({ minLength: 4, unit: 'grapheme' })
      .filter((text) => text.trim() !== '')
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (hidden, before, after) => {
        const clean = redactor([hidden])(`${before}${hidden}${after}`)
        // What is left of the stars may only be what stood there without the secret.
        expect(
          clean.includes(hidden) &&
            !'***'.includes(hidden) &&
            !`${before}***${after}`.includes(hidden),
        ).toBe(false)
      }),
    )
  })

  test('removes a secret from the inside of a longer base64 text', () => {
    for (const user of ['', 'a', 'ab', 'abc']) {
      const text = Buffer.from(`${user}:correct horse battery`).toString('base64')
      const inner = text.slice(8, 24)
      expect(redactor(['correct horse battery'])(`sent ${text}`)).not.toContain(inner)
    }
  })

  test.each([
    ['Authorization: Bearer abcdefghij.klm', 'Authorization: ***'],
    ['authorization=Basic dXNlcjpwYXNz', 'authorization=***'],
    ['sent Bearer abcdefghij.klm', 'sent Bearer ***'],
    ['/cb?access_token=xyz123&page=2', '/cb?access_token=***&page=2'],
    ['grant_type=refresh_token&refresh_token=xyz', 'grant_type=refresh_token&refresh_token=***'],
    ['{"access_token":"xyz","expires_in":3}', '{"access_token":"***","expires_in":3}'],
  ])('removes logins it was not told of: %s', (text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  test('leaves ordinary text alone', () => {
    expect(redact('answered 500: contact 17 has no field _Plan')).toBe(
      'answered 500: contact 17 has no field _Plan',
    )
  })

  test('sniffs the beginning of a body: one short line without markup or people', () => {
    const body = `<html><style>p{}</style><h1>Oops</h1>\n\t<p>mail ann.b+c@example.co.uk, id ${SECRET.length} ${'x'.repeat(500)}`
    const line = sniff(body, redact)
    expect(line).toMatch(/^Oops mail \(e-mail\), id \d+ x+…$/)
    expect(line.length).toBeLessThanOrEqual(161)
    expect(sniff('', redact)).toBe('')
  })
})

test.each([
  ['https://api.example.com/x', false, null],
  ['http://127.0.0.1:8080', false, null],
  ['http://127.9.8.7', false, null],
  ['http://127.1/', false, null],
  ['http://[::1]:80/api', false, null],
  ['http://LOCALHOST/api', false, null],
  ['http://api.example.com', true, null],
  ['http://api.example.com', false, 'https://'],
  ['http://127.0.0.1.example.com', false, 'https://'],
  ['http://localhost.example.com', false, 'https://'],
  ['http://127.0.0.1@example.com', false, 'https://'],
  ['http://10.0.0.1', false, 'https://'],
  ['ftp://127.0.0.1', true, 'https://'],
  ['api.example.com', true, 'not a url'],
])('plain http stays on this machine: %s, allowed %s', (url, isAllowed, problem) => {
  const found = insecureUrlProblem(url, isAllowed)
  if (problem === null) expect(found).toBeNull()
  else expect(found).toContain(problem)
})
