/** Removes secrets from texts that leave the process as messages and log lines. */

export type Redact = (text: string) => string

/**
 * A function that replaces the given secrets in every form in which they travel (plain, base64 at any alignment, URL- and
 * form-encoded, XML- and JSON-escaped), Authorization values and token parameters by `***`.
 */
export function redactor(secrets: readonly string[]): Redact {
  const forms = new Set<string>()
  for (const secret of secrets)
    if (secret.trim() !== '') for (const form of disguises(secret)) forms.add(form)
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  const known =
    longestFirst.length === 0 ? null : new RegExp(longestFirst.map(literally).join('|'), 'g')
  return (text) => {
    let clean = known === null ? text : text.replace(known, MASK)
    for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement)
    return clean
  }
}

/** The beginning of a body for a message: one line, no markup, no secrets, no e-mail-like texts. '' for an empty one. */
export function sniff(body: string, redact: Redact): string {
  const start = body
    .slice(0, SNIFF_READ_CHARS)
    .replace(/<(style|script)\b[\s\S]*?(<\/\1>|$)/gi, ' ')
  const words = redact(start.replace(/<[^>]*(>|$)/g, ' '))
    .replace(/[^\s<>"'(),;:@]+@[^\s<>"'(),;:@]+/g, '(e-mail)')
    .replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim()
  return words.length > SNIFF_CHARS ? `${words.slice(0, SNIFF_CHARS)}…` : words
}

/** What a request's headers log in with: the value of every header named like a credential, without its scheme. */
export function credentialsIn(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers)
    .filter(([name]) => /auth|key|token|secret|cookie/i.test(name))
    .map(([, value]) => value.replace(/^(bearer|basic|token)\s+/i, ''))
}

const MASK = '***'
const SNIFF_READ_CHARS = 4000
const SNIFF_CHARS = 160
/** Shorter pieces of base64 would match by chance. */
const BASE64_PIECE_CHARS_MIN = 8

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [
    /\b((?:proxy-)?authorization["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|token)\s+)?[^\s"',;]+/gi,
    `$1${MASK}`,
  ],
  [/\b(bearer|basic)\s+[\w.~+/*-]{8,}=*/gi, `$1 ${MASK}`],
  [
    /\b((?:access_token|refresh_token|id_token|client_secret|api_?key|passwd|password)["']?\s*[:=]\s*["']?)[^\s&"'<>,;]+/gi,
    `$1${MASK}`,
  ],
]

function disguises(secret: string): string[] {
  const xml = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const url = encodeURIComponent(secret)
  const strictUrl = url.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const encoded = base64Pieces(secret)
  return [
    secret,
    url,
    url.replace(/%../g, (hex) => hex.toLowerCase()),
    strictUrl,
    strictUrl.replaceAll('%20', '+'),
    xml,
    xml.replaceAll('"', '&quot;'),
    xml.replaceAll("'", '&apos;'),
    xml.replaceAll('"', '&quot;').replaceAll("'", '&apos;'),
    xml.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    xml.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    JSON.stringify(secret).slice(1, -1),
    ...encoded,
    ...encoded.map((piece) => piece.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** The secret alone in base64, and the characters that depend on it alone when it stands inside a longer text (`user:secret`). */
function base64Pieces(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const pieces = [bytes.toString('base64'), bytes.toString('base64').replace(/=+$/, '')]
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const piece = text.slice(
      Math.ceil((before * 8) / 6),
      Math.floor(((before + bytes.length) * 8) / 6),
    )
    if (piece.length >= BASE64_PIECE_CHARS_MIN) pieces.push(piece)
  }
  return pieces
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
