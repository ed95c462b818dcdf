/**
 * Run as a process of its own, to be killed: writes contacts in batches, says `batch N` when each is acknowledged, `closing` before it puts them
 * into the file and `closed` after. Arguments: path, first number, batches, size of a batch.
 */
import { setTimeout } from 'node:timers/promises'
import { file } from '../../../connectors/file/connector.ts'
import { change, kit, settingsOf, signal } from './bare.ts'

const [path = '', ...numbers] = process.argv.slice(2)
const [first = 0, batches = 0, size = 0] = numbers.map(Number)
const clock = {
  ...kit.clock,
  sleep: (ms: number, at: AbortSignal) => setTimeout(ms, undefined, { signal: at }),
}
const writer = file.openForWriting(settingsOf(path), { ...kit, clock })
for (let batch = 0; batch < batches; batch += 1) {
  const writes = Array.from({ length: size }, (_, place) => {
    const number = first + batch * size + place
    return change(`key:${number}`, {
      fields: {
        givenName: `Person "${number}"`,
        notes: 'a\nb'.repeat(20),
        'custom.ferry_key': `k:${number}`,
      },
      tags: ['T'],
    })
  })
  await writer.write(writes, signal)
  process.stdout.write(`batch ${batch}\n`)
}
process.stdout.write('closing\n')
await writer.close()
process.stdout.write('closed\n')
