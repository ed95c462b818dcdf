/**
 * The pages as a browser shows them. Where no browser is installed, what is served is read instead, as strictly as without one it can be:
 * either way every page is looked at.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordsToShow } from '../../src/app/plan-records.ts'
import { planHtml } from '../../src/report/html.ts'
import { openPage } from '../report/page-dom.ts'
import { CHROMIUM, see } from './chromium.ts'
import { type Desk, HOSTILE, openDesk } from './desk.ts'
import { faults, words } from './markup.ts'

const BROWSER_MS = 240_000
/** An empty page compresses to less. */
const PICTURE_BYTES_MIN = 12_000

let desk: Desk
let report = ''
let plan = ''
beforeAll(async () => {
  desk = await openDesk({ decidesAs: 'anna' })
  const app = await desk.two.world.open({ mayWrite: false })
  const header = (await app.store.plans.list('move', 10)).at(-1)
  if (header === undefined) throw new Error('no plan')
  plan = header.id
  const shown = await recordsToShow(app, header)
  report = planHtml({ plan: header, ...shown, mask: 'none' })
  await app.close()
})
afterAll(() => desk.close())

/** What a person reads on a page of the dashboard. */
async function read(path: string): Promise<string> {
  if (CHROMIUM === null) {
    const { text } = await desk.get(path)
    expect(faults(text)).toEqual([])
    return words(text)
  }
  const token = new URL(desk.url).search.slice(1)
  const seen = await see(CHROMIUM, `${desk.origin}${path}${path.includes('?') ? '&' : '?'}${token}`)
  expect(seen.complaints).toEqual([])
  expect(seen.picture.length).toBeGreaterThan(PICTURE_BYTES_MIN)
  return words(seen.dom)
}

describe(CHROMIUM === null ? 'the dashboard as it is served' : 'the dashboard in a browser', () => {
  it(
    'shows what waits, and a hostile name as text',
    async () => {
      const text = await read('/holds?kind=field')
      expect(text).toContain('Holds – Contact Ferry')
      expect(text).toContain('"Wilhelmina"')
      expect(text).toContain(HOSTILE)
      expect(text).toContain('the source is right')
    },
    BROWSER_MS,
  )

  it(
    'shows a plan with its guards',
    async () => {
      const text = await read(`/plans/${plan}`)
      expect(text).toMatch(/No guard stops this plan/)
      expect(text).toContain('Most changed fields')
    },
    BROWSER_MS,
  )
})

describe(
  CHROMIUM === null ? 'the report as its script builds it' : 'the report in a browser',
  () => {
    it(
      'shows its tabs and counts without asking anybody',
      async () => {
        const text = await shownReport()
        for (const tab of ['Summary', 'Fields', 'Changes', 'Needs you', 'Consent', 'Rejects'])
          expect(text).toContain(tab)
        expect(text).toContain('No guard stops this plan.')
        expect(text).toMatch(/Read \d+ contacts at the source/)
      },
      BROWSER_MS,
    )
  },
)

async function shownReport(): Promise<string> {
  if (CHROMIUM === null) return openPage(report).page.textContent
  const file = join(desk.two.world.folder, 'report.html')
  writeFileSync(file, report)
  const seen = await see(CHROMIUM, pathToFileURL(file).href)
  expect(seen.complaints).toEqual([])
  expect(seen.picture.length).toBeGreaterThan(PICTURE_BYTES_MIN)
  return words(seen.dom)
}
