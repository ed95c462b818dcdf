/** A folder with files in it, and the connector over them. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { file } from '../../../connectors/file/connector.ts'
import type { BrokenRow } from '../../../src/connector/broken-row.ts'
import type { ConnectionSettings, Page, Reader, Writer } from '../../../src/connector/connector.ts'
import type { Sighting } from '../../../src/model/sighting.ts'
import { kit, settingsOf, signal } from './bare.ts'

export interface Sheet {
  readonly path: string
  readonly settings: ConnectionSettings
  reader(): Reader
  writer(): Writer
  text(): string
  put(text: string | Buffer): void
  /** Names of all files in the folder, sorted. */
  files(): readonly string[]
}

const folders: string[] = []
const opened: Reader[] = []

afterEach(async () => {
  // Folders first: a writer whose log is gone has nothing to put into a file.
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  for (const each of opened.splice(0)) await each.close()
})

/** Everything it opened is closed, and the folder removed, after each test. */
export function sheet(
  name: string,
  content: string | Buffer | null = null,
  more: Partial<ConnectionSettings> = {},
): Sheet {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-file-'))
  folders.push(folder)
  const path = join(folder, name)
  if (content !== null) writeFileSync(path, content)
  const settings = settingsOf(path, more)
  const kept = <T extends Reader>(reader: T): T => {
    opened.push(reader)
    return reader
  }
  return {
    path,
    settings,
    reader: () => kept(file.open(settings, kit)),
    writer: () => kept(file.openForWriting(settings, kit)),
    text: () => (existsSync(path) ? readFileSync(path, 'utf8') : ''),
    put: (text) => writeFileSync(path, text),
    files: () => readdirSync(folder).sort(),
  }
}

export interface Scanned {
  readonly sightings: readonly Sighting[]
  readonly broken: readonly BrokenRow[]
  readonly pages: readonly Page[]
}

export async function scanAll(reader: Reader): Promise<Scanned> {
  const pages: Page[] = []
  for (let position: string | null = null; ; ) {
    const page: Page = await reader.scan(
      { stream: 'contacts', since: null, overlapMs: 0, position, fields: [] },
      signal,
    )
    pages.push(page)
    if (page.next === null) break
    position = page.next
  }
  return {
    pages,
    broken: pages.flatMap((page) => page.broken),
    sightings: pages.flatMap((page) =>
      page.rows.flatMap((row) => (row.kind === 'contact' ? [row.sighting] : [])),
    ),
  }
}
