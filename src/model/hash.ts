/** Keyed hashes: equal where values are equal, and nothing can be read back from a stolen state file. */
import { createHash, createHmac, hash, randomBytes } from 'node:crypto'
import type { Hash } from './id.ts'

/** 96 bits: no accidental equality among 10^9 values of one slot. */
const HASH_BYTES = 12

/** The secret part of every hash in one state store; made once, kept in its `meta` table. */
export function newHashKey(): string {
  return randomBytes(16).toString('base64url')
}

/** Hash of one text under a key: base64url, 16 characters. */
export function hashText(key: string, text: string): Hash {
  return hash('sha256', `${key}\n${text}`, 'base64url').slice(0, (HASH_BYTES * 4) / 3) as Hash
}

/** Full-length hash of a document that others may check: hexadecimal, no key. */
export function digest(text: string): string {
  return hash('sha256', text, 'hex')
}

/** `digest` of the texts, a line each, without making one text of them. */
export function digestOfLines(texts: readonly string[]): string {
  const hashing = createHash('sha256')
  for (const [place, text] of texts.entries()) hashing.update(place === 0 ? text : `\n${text}`)
  return hashing.digest('hex')
}

/** For pseudonyms in reports and logs that must not be guessable from a list of addresses. */
export function pseudonym(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, 10)
}
