/** Makes one test out of each scenario of a family. `FERRY_CRASH='name@17'` runs one place alone; `npm run simulate:crashes` all there are. */
import { expect, it } from 'vitest'
import { enumerate } from './enumerate.ts'
import { FAMILIES } from './families.ts'

/** So many failures tell enough. */
const SHOWN_MAX = 3
const MS_MAX = 120_000

export function runFamily(family: string): void {
  const [wanted, place = ''] = (process.env['FERRY_CRASH'] ?? '').split('@')
  for (const scenario of FAMILIES[family] ?? []) {
    if (wanted !== '' && wanted !== scenario.name) {
      it.skip(`${scenario.name} (not asked for)`, () => {})
      continue
    }
    it(scenario.name, { timeout: MS_MAX }, async () => {
      const { points, failures } = await enumerate(scenario, {
        isWhole: false,
        seconds: scenario.isDouble === true ? 1 : 0,
        ...(place === '' ? {} : { only: place }),
      })
      if (failures.length > 0)
        expect.fail(
          [
            `${failures.length} differences at ${points} places:`,
            ...failures.slice(0, SHOWN_MAX),
          ].join('\n'),
        )
      if (scenario.isQuiet !== true) expect(points).toBeGreaterThan(0)
    })
  }
}
