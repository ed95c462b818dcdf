/** What somebody would do next about a sync, as a command to type. */
import { type Html, html } from '../html.ts'

export function choiceOfNext(now: {
  readonly run: { readonly status: string; readonly kind: string } | null
  readonly sync: string
  readonly holds: number
  readonly rejects: number
}): Html {
  const { run, sync, holds, rejects } = now
  if (run === null) return html`Next: <code>ferry plan ${sync}</code>`
  if (run.status === 'open') return html`At work, or interrupted; the same command goes on.`
  if (run.status === 'blocked') return html`A guard stopped it: look at its plan.`
  if (holds > 0) return html`Next: <code>ferry holds list ${sync}</code>`
  if (rejects > 0) return html`Next: <code>ferry rejects list ${sync}</code>`
  return html`Next: <code>ferry sync ${sync}</code>`
}
