/** Runs, and one of them as it goes on. */
import type { App } from '../../app/app.ts'
import { reportOf } from '../../app/run-report.ts'
import { progressOf, type RunProgress, watchRun } from '../../app/run-progress.ts'
import { progressText } from '../../report/progress-text.ts'
import { summed } from '../../report/run-document.ts'
import { recordLines } from '../../report/verified.ts'
import { type Html, html, href, NOTHING } from '../html.ts'
import { moment, state, table } from '../page.ts'
import { type Answer, type Event, missing, type Visit } from '../visit.ts'

const RUNS_MAX = 100

export async function runsPage({ desk, query }: Visit): Promise<Answer> {
  const sync = query.get('sync')
  const runs = await desk.app.store.runs.list({ sync, limit: RUNS_MAX })
  const rows = runs.map((run) => [
    html`<a href="${href(['runs', run.id])}">${run.id}</a>`,
    run.sync,
    run.kind,
    state(run.status),
    moment(run.startedAt),
    run.plan === null ? '' : html`<a href="${href(['plans', run.plan])}">${run.plan}</a>`,
    run.reason ?? '',
  ])
  return {
    kind: 'page',
    title: sync === null ? 'Runs' : `Runs of ${sync}`,
    body: table(['Run', 'Sync', 'Kind', 'Status', 'Started (UTC)', 'Plan', 'Reason'], rows),
  }
}

/** `/runs/ID`, and `/runs/ID/events` for its progress. */
export async function runPage({ desk, rest, signal }: Visit): Promise<Answer> {
  const { app } = desk
  const [id = '', more] = rest
  const run = await app.store.runs.get(id as never)
  if (run === null || rest.length > 2 || (more !== undefined && more !== 'events'))
    return missing('such run')
  if (more === 'events') return { kind: 'events', events: events(app, run.id, signal) }
  const progress = await progressOf(app, run)
  const report = await reportOf(app, run)
  const books = report.facts.books ?? []
  const { verify } = report.facts
  const requests = Object.entries(report.requests)
  const body = html`${live(progress)}
<dl>
<dt>Sync</dt><dd>${run.sync}</dd>
<dt>Kind</dt><dd>${run.kind}</dd>
<dt>Started</dt><dd>${moment(run.startedAt)}</dd>
<dt>Ended</dt><dd>${moment(run.endedAt) || 'not yet'}</dd>
<dt>Plan</dt><dd>${run.plan === null ? 'none yet' : html`<a href="${href(['plans', run.plan])}">${run.plan}</a>`}</dd>
${run.reason === null ? NOTHING : html`<dt>Reason</dt><dd>${run.reason}</dd>`}
</dl>
${books.length === 0 ? NOTHING : booksOf(summed(books))}
${
  verify === undefined
    ? NOTHING
    : html`<h2>Verified</h2><p class="${verify.ok ? 'good' : 'bad'}">${verify.ok ? 'ok' : 'differences found'}</p>${table(
        ['#Checked', '#Equal', '#Rewritten by the target', '#Differing', '#Missing'],
        [[verify.checked, verify.equal, verify.normalised, verify.differing, verify.missing]],
      )}${recordLines(verify).map((line) => html`<p>${line.trim()}</p>`)}`
}
<h2>Requests</h2>
${table(
  ['Connection', '#Reads', '#Writes'],
  requests.map(([name, { read, write }]) => [name, read, write]),
)}`
  return { kind: 'page', title: run.id, body }
}

function live(progress: RunProgress): Html {
  const { run, ended, total, isOver } = progress
  if (isOver) return html`<p>${state(progress.status)} ${progressText(progress)}</p>`
  return html`<section data-watch="${href(['runs', run, 'events'])}">
<p>${state(progress.status)} <span data-show="line">${progressText(progress)}</span></p>
<progress max="${Math.max(1, total)}" value="${ended}">${ended} of ${total}</progress>
</section>`
}

function booksOf(sums: ReturnType<typeof summed>): Html {
  const { applied, unchanged, held, rejected, drifted, unknown, excluded, balanced } = sums
  return html`<h2>Books</h2>
<p class="${balanced ? 'good' : 'bad'}">${balanced ? 'balanced' : 'do not balance'}</p>
${table(
  ['#Applied', '#Unchanged', '#Held', '#Rejected', '#Drifted', '#Unknown', '#Excluded'],
  [[applied, unchanged, held, rejected, drifted, unknown, excluded]],
)}`
}

async function* events(
  app: App,
  id: RunProgress['run'],
  signal: AbortSignal,
): AsyncGenerator<Event> {
  try {
    for await (const progress of watchRun(app, id as never, signal))
      yield { name: 'progress', data: { ...progress, line: progressText(progress) } }
  } catch (error) {
    // Whoever watched has gone.
    if (!signal.aborted) throw error
  }
}
