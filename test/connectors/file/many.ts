/** Run as a process of its own: writes many contacts to a file, reads all of them back, and prints what it took. Arguments: path, contacts. */
import { file } from '../../../connectors/file/connector.ts'
import { people } from '../../../connectors/people.ts'
import { change, kit, settingsOf, signal } from './bare.ts'

const [path = '', count = '0'] = process.argv.slice(2)
const contacts = Number(count)
const writer = file.openForWriting(settingsOf(path), kit)
/** What is kept, not what waits to be collected. */
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {})
const LOOK_EVERY = 10
let looks = 0
let peak = 0
const look = () => {
  looks += 1
  if (looks % LOOK_EVERY !== 0) return
  collect()
  peak = Math.max(peak, process.memoryUsage().heapUsed)
}

let batch: ReturnType<typeof change>[] = []
const flush = async () => {
  await writer.write(batch, signal)
  batch = []
  look()
}
const started = process.uptime()
for (const person of people(1, contacts)) {
  batch.push(
    change(`k:${person.number}`, {
      fields: {
        givenName: person.givenName,
        familyName: person.familyName,
        'emails.1': `${person.number}@example.com`,
        notes: person.notes.slice(0, 500),
        company: person.company,
        'custom.ferry_key': `keap:${person.number}`,
      },
      tags: person.tags,
    }),
  )
  if (batch.length === 500) await flush()
}
if (batch.length > 0) await flush()
const written = process.uptime()
await writer.close()
const merged = process.uptime()

const reader = file.open(settingsOf(path), kit)
await reader.catalog(signal)
look()
const surveyed = process.uptime()
let rows = 0
for (let position: string | null = null; ; ) {
  const page = await reader.scan(
    { stream: 'contacts', since: null, overlapMs: 0, position, fields: [] },
    signal,
  )
  rows += page.rows.length
  look()
  if (page.next === null) break
  position = page.next
}
const read = process.uptime()
const found = await reader.find({ by: 'email', values: [`${contacts}@example.com`] }, signal)
await reader.close()
look()
process.stdout.write(
  JSON.stringify({
    rows,
    found: found.length,
    peakBytes: peak,
    seconds: {
      write: written - started,
      merge: merged - written,
      survey: surveyed - merged,
      scan: read - surveyed,
      find: process.uptime() - read,
    },
  }),
)
