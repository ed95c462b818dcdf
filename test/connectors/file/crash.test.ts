/** Processes that die while they write: what was acknowledged is there, nothing is there twice or in half, and the file is whole at any moment. */
import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import type { Sighting } from '../../../src/model/sighting.ts'
import { change, signal } from './bare.ts'
import { type Sheet, scanAll, sheet } from './sheet.ts'

const SCRIPT = join(import.meta.dirname, 'writing.ts')

interface Writing {
  readonly child: ChildProcess
  /** What it said so far. */
  readonly said: readonly string[]
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
}

function start(
  path: string,
  numbers: readonly number[],
  onLine: (line: string, child: ChildProcess) => void = () => {},
): Writing {
  const child = spawn(process.execPath, [SCRIPT, path, ...numbers.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: string[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    said.push(line)
    onLine(line, child)
  })
  const ended = new Promise<void>((resolve) => {
    lines.on('close', () => resolve())
  })
  return { child, said, ended }
}

/** Starts it and kills it as soon as it says `word`. */
async function killedAt(
  path: string,
  numbers: readonly number[],
  word: string,
): Promise<readonly string[]> {
  const { said, ended } = start(path, numbers, (line, child) => {
    if (line === word) child.kill('SIGKILL')
  })
  await ended
  return said
}

function whole(sightings: readonly Sighting[]): void {
  for (const { id, fields, tags } of sightings) {
    expect(fields).toMatchObject({
      givenName: `Person "${id.slice(2)}"`,
      notes: 'a\nb'.repeat(20),
      'custom.ferry_key': id,
    })
    expect(tags).toEqual(['T'])
  }
  expect(new Set(sightings.map(({ id }) => id)).size).toBe(sightings.length)
}

/** Every row of the file itself, without its log. */
async function wholeFile(there: Sheet): Promise<void> {
  if (!existsSync(there.path)) return
  const alone = sheet(
    there.path.endsWith('.csv') ? 'alone.csv' : 'alone.ndjson',
    readFileSync(there.path),
  )
  const { sightings, broken } = await scanAll(alone.reader())
  expect(broken).toEqual([])
  whole(sightings)
}

describe.each(['people.csv', 'people.ndjson'])(
  'a process that is killed while it writes %s',
  (name) => {
    it.each(['batch 0', 'batch 7', 'closing'])('at "%s"', async (word) => {
      const there = sheet(name)
      const begun = [0, 20, 100] as const
      const said = await killedAt(there.path, begun, word)
      const acknowledged = said.filter((line) => line.startsWith('batch')).length * 100
      await wholeFile(there)
      const after = await scanAll(there.reader())
      whole(after.sightings)
      expect(after.broken).toEqual([])
      expect(after.sightings.length).toBeGreaterThanOrEqual(acknowledged)
      // The engine sends again what it is not sure of; here, all of it.
      const again = start(there.path, begun)
      await again.ended
      expect(again.said.at(-1)).toBe('closed')
      const last = await scanAll(there.reader())
      whole(last.sightings)
      expect(last.sightings).toHaveLength(2_000)
      expect(there.files()).toEqual([name])
    })
  },
)

describe('several processes that write to one file at once', () => {
  it('lose nothing and double nothing, though each puts the log into the file when it ends', async () => {
    const there = sheet('people.csv', 'id,City\nold,A\n')
    const all = [0, 1, 2].map((place) => start(there.path, [place * 10_000, 8, 50]))
    await Promise.all(all.map(({ ended }) => ended))
    expect(all.map(({ said }) => said.at(-1))).toEqual(['closed', 'closed', 'closed'])
    const { sightings, broken } = await scanAll(there.reader())
    expect(broken).toEqual([])
    expect(sightings).toHaveLength(1 + 3 * 400)
    whole(sightings.filter(({ id }) => id !== 'old'))
    expect(there.files()).toEqual(['people.csv'])
  })
})

describe('what a death can leave behind', () => {
  async function withLog(): Promise<Sheet> {
    const there = sheet('people.csv', 'id,City\n1,A\n2,B\n')
    const writer = there.writer()
    await writer.write(
      [change('u', { id: '1', fields: { fax: '1' } }), change('c', { fields: { fax: '2' } })],
      signal,
    )
    return there
  }
  async function faxes(there: Sheet): Promise<readonly unknown[]> {
    return (await scanAll(there.reader())).sightings.map(({ fields }) => fields['fax'] ?? null)
  }
  const log = (there: Sheet) => `${there.path}.ferry-log`

  it.each(['{"put":{"id":"2","fields":{"fax":"9"', '\0\0\0\0', '{"gone":"1"'])(
    'half a line of the log: %j',
    async (half) => {
      const there = await withLog()
      appendFileSync(log(there), half)
      expect(await faxes(there)).toEqual(['1', null, '2'])
      const writer = there.writer()
      await writer.write([change('u2', { id: '2', fields: { fax: '3' } })], signal)
      expect(await faxes(there)).toEqual(['1', '3', '2'])
      await writer.close()
      expect(await faxes(there)).toEqual(['1', '3', '2'])
      expect(there.files()).toEqual(['people.csv'])
    },
  )

  it('half of a new file: it is written anew', async () => {
    const there = await withLog()
    writeFileSync(`${there.path}.ferry-new`, 'id,City,fax\n1,A')
    expect(await faxes(there)).toEqual(['1', null, '2'])
    await there.writer().close()
    expect(await faxes(there)).toEqual(['1', null, '2'])
    expect(there.files()).toEqual(['people.csv'])
  })

  it('a log that is in the file already', async () => {
    const there = await withLog()
    const kept = readFileSync(log(there))
    await there.writer().close()
    const { mtimeMs, size } = statSync(there.path, { bigint: true })
    writeFileSync(log(there), `${kept}\n${JSON.stringify({ merged: `${size}-${mtimeMs}` })}\n`)
    expect(await faxes(there)).toEqual(['1', null, '2'])
    const writer = there.writer()
    await writer.write([change('u2', { id: '2', fields: { fax: '3' } })], signal)
    await writer.close()
    expect(await faxes(there)).toEqual(['1', '3', '2'])
    expect(there.files()).toEqual(['people.csv'])
  })

  it('a log whose content was about to become the file', async () => {
    const there = await withLog()
    appendFileSync(log(there), `\n${JSON.stringify({ merged: '1-1' })}\n`)
    expect(await faxes(there)).toEqual(['1', null, '2'])
    await there.writer().close()
    expect(await faxes(there)).toEqual(['1', null, '2'])
  })

  it.each([
    ['of a process that is gone', { host: hostname(), pid: 2 ** 30, since: 1 }],
    ['of a predecessor with our number', { host: hostname(), pid: process.pid, since: 1 }],
  ])('a lock %s is taken over', async (_, holder) => {
    const there = await withLog()
    writeFileSync(`${there.path}.ferry-lock`, JSON.stringify(holder))
    await there.writer().close()
    expect(there.files()).toEqual(['people.csv'])
  })

  it.each([
    ['of another machine', { host: 'elsewhere', pid: 1, since: 1 }],
    ['of a process that lives', { host: hostname(), pid: process.ppid, since: 1 }],
  ])('a lock %s is waited for, then named', async (_, holder) => {
    const there = await withLog()
    writeFileSync(`${there.path}.ferry-lock`, JSON.stringify(holder))
    await expect(there.writer().write([change('x', {})], signal)).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('.ferry-lock'),
      hint: expect.stringContaining('delete that file'),
    })
  })

  it('a log of a newer version is left alone', async () => {
    const there = await withLog()
    appendFileSync(log(there), '\n{"swap":["1","2"]}\n')
    await expect(scanAll(there.reader())).rejects.toMatchObject({
      kind: 'scan',
      hint: expect.stringContaining('newer version'),
    })
  })
})
