/** Every sync at a glance: how its last run ended, and what waits. */
import { number } from '../../report/table.ts'
import { type Html, html, href, NOTHING } from '../html.ts'
import { moment, state } from '../page.ts'
import type { Answer, Visit } from '../visit.ts'
import { choiceOfNext } from './next.ts'

export async function homePage({ desk }: Visit): Promise<Answer> {
  const { app } = desk
  const cards: Html[] = []
  for (const sync of Object.values(app.config.syncs)) {
    const { name, from, to, direction, schedule } = sync
    const [run] = await app.store.runs.list({ sync: name, limit: 1 })
    const holds = await app.store.cases.count(name, 'hold')
    const rejects = await app.store.cases.count(name, 'reject')
    const links = await app.store.links.count(name)
    const arrow = direction === 'two-way' ? '⇄' : '→'
    cards.push(html`<article class="card">
<h2>${name}</h2>
<p class="soft">${from} ${arrow} ${to}${schedule === null || schedule === undefined ? NOTHING : html`, by <code>${schedule}</code>`}</p>
<dl>
<dt>Linked</dt><dd>${number(links)} people</dd>
<dt>Last run</dt><dd>${
      run === undefined
        ? 'none yet'
        : html`<a href="${href(['runs', run.id])}">${run.kind}</a> ${state(run.status)} ${moment(run.updatedAt)}`
    }</dd>
<dt>Waits for you</dt><dd>${
      holds === 0
        ? 'nothing'
        : html`<a href="${href(['holds'], { sync: name })}">${holds} holds</a>`
    }</dd>
<dt>Refused</dt><dd>${
      rejects === 0
        ? 'nobody'
        : html`<a href="${href(['rejects'], { sync: name })}">${rejects} rejects</a>`
    }</dd>
</dl>
<p class="soft">${choiceOfNext({ run: run ?? null, sync: name, holds, rejects })}</p>
</article>`)
  }
  const body =
    cards.length === 0
      ? html`<p>There is no sync in <code>${app.config.path}</code> yet.</p>`
      : html`<div class="cards">${cards}</div>`
  return { kind: 'page', title: 'Syncs', body }
}
