/**
 * `npm run simulate:two-way -- [--contacts 20000] [--runs 30] [--share 0.01] [--seed 5]`: two accounts kept in step over weeks, and what it costs. Exit
 * code 1 when a run left something undone or somebody was re-subscribed. A ratio above the bar is told.
 */
import { parseArgs } from 'node:util'
import { longTwoWay, surplusOf } from './two-way.ts'

const RATIO_MAX = 1.02

const { values } = parseArgs({
  options: {
    contacts: { type: 'string', default: '20000' },
    runs: { type: 'string', default: '30' },
    share: { type: 'string', default: '0.01' },
    seed: { type: 'string', default: '5' },
    from: { type: 'string', default: 'infusionsoft' },
    to: { type: 'string', default: 'adaptix' },
  },
})
const legs = await longTwoWay({
  platforms: { from: values.from, to: values.to },
  contacts: Number(values.contacts),
  runs: Number(values.runs),
  share: Number(values.share),
  seed: Number(values.seed),
  say: (line) => process.stdout.write(`${line}\n`),
})
const sent = legs.reduce((sum, leg) => sum + leg.sent, 0)
const needed = legs.reduce((sum, leg) => sum + leg.needed, 0)
const wrong = legs.filter((leg) => leg.wrong.length > 0)
const ratio = sent / needed
process.stdout.write(
  `${legs.length} runs, ${wrong.length} wrong; ${sent} requests, ${needed} needed: ${ratio.toFixed(3)}x (bar ${RATIO_MAX}x, ${ratio <= RATIO_MAX ? 'met' : 'MISSED'})\n`,
)
for (const line of surplusOf(legs)) process.stdout.write(`${line}\n`)
if (wrong.length > 0) process.exitCode = 1
