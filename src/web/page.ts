/** What every page has around it. */
import type { Mask } from '../report/mask.ts'
import { type Html, html, href, type Part } from './html.ts'

const PLACES = [
  { path: [], title: 'Home' },
  { path: ['runs'], title: 'Runs' },
  { path: ['plans'], title: 'Plans' },
  { path: ['holds'], title: 'Holds' },
  { path: ['rejects'], title: 'Rejects' },
  { path: ['person'], title: 'Person' },
] as const

export interface Frame {
  readonly mask: Mask
  /** Address of the page, without its query. */
  readonly path: string
}

export function framed({ mask, path }: Frame, title: string, body: Part): Html {
  const links = PLACES.map((place) => {
    const to = href(place.path)
    const isHere = to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)
    return isHere
      ? html`<a href="${to}" aria-current="page">${place.title}</a>`
      : html`<a href="${to}">${place.title}</a>`
  })
  const masking = mask === 'none' ? 'personal data is shown' : `personal data is masked (${mask})`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Contact Ferry</title>
<link rel="stylesheet" href="/style.css">
<script src="/app.js" defer></script>
</head>
<body>
<header><div><strong>Contact Ferry</strong>${links}<span class="mask">${masking}</span></div></header>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
}

export function table(heads: readonly string[], rows: readonly (readonly Part[])[]): Html {
  if (rows.length === 0) return html`<p class="soft">none</p>`
  const isNumber = (place: number) => heads[place]?.startsWith('#') === true
  const cell = (part: Part, place: number) =>
    isNumber(place) ? html`<td class="number">${part}</td>` : html`<td>${part}</td>`
  const head = heads.map((text, place) =>
    isNumber(place)
      ? html`<th scope="col" class="number">${text.slice(1)}</th>`
      : html`<th scope="col">${text}</th>`,
  )
  return html`<div class="scroll"><table><thead><tr>${head}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody></table></div>`
}

export function state(word: string): Html {
  return html`<span class="state s-${word}">${word}</span>`
}

export function moment(ms: number | string | null): string {
  if (ms === null) return ''
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 19)
}
