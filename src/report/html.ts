/**
 * A plan as one HTML file that asks no network for anything. Contact data is hostile: it travels as JSON with no `<` in it and reaches the page
 * as text nodes only; a content policy lets nothing run but the one script below, known by its hash.
 */
import { createHash } from 'node:crypto'
import type { PlanHeader } from '../plan/plan.ts'
import { HTML_SCRIPT } from './html-script.ts'
import { HTML_STYLE } from './html-style.ts'
import type { Mask } from './mask.ts'
import { headerDocument, type PlanRecord, recordDocument } from './plan-record.ts'

/** More would make a browser slow; the counts are exact all the same. */
export const HTML_RECORDS_MAX = 5_000

export interface HtmlReport {
  readonly plan: PlanHeader
  /** At most `HTML_RECORDS_MAX` of them are shown. */
  readonly records: readonly PlanRecord[]
  /** How many records the plan has. */
  readonly total: number
  readonly mask: Mask
}

export function planHtml({ plan, records, total, mask }: HtmlReport): string {
  const shown = records.slice(0, HTML_RECORDS_MAX)
  const data = {
    plan: headerDocument(plan, mask),
    records: shown.map((record) => recordDocument(record, mask)),
    total,
    mask,
  }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${htmlPolicy()}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Contact Ferry plan</title>
<style>${HTML_STYLE}</style>
</head>
<body>
<main id="page"><noscript>This report shows its data with a script, which it carries inside.</noscript></main>
<script type="application/json" id="data">${harmless(data)}</script>
<script>${HTML_SCRIPT}</script>
</body>
</html>
`
}

export function htmlPolicy(): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return [
    "default-src 'none'",
    `script-src ${hash(HTML_SCRIPT)}`,
    `style-src ${hash(HTML_STYLE)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/** JSON that no HTML parser takes for anything else, and no editor for another direction of writing. */
function harmless(data: unknown): string {
  return JSON.stringify(data).replace(
    /[<>&\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
