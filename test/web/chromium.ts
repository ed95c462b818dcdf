/** A real browser, where one is installed: `FERRY_CHROMIUM` or a Chromium or Chrome on the path. */
import { execFile } from 'node:child_process'
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** null: none. */
export const CHROMIUM: string | null = process.env['FERRY_CHROMIUM'] ?? find()

function find(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const paths = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return paths.find(isProgram) ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}

export interface Seen {
  /** The page as it is once its scripts have run. */
  readonly dom: string
  /** What the browser complained about: scripts that failed, things that a policy refused. */
  readonly complaints: readonly string[]
  /** Bytes of a picture of it, a PNG. */
  readonly picture: Buffer
}

const run = promisify(execFile)
const BROWSER_MS = 90_000

export async function see(browser: string, url: string): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-browser-'))
  try {
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-extensions',
      '--disable-background-networking',
      '--hide-scrollbars',
      '--window-size=1280,900',
      `--user-data-dir=${join(folder, 'profile')}`,
      '--enable-logging=stderr',
    ]
    const limits = { timeout: BROWSER_MS, maxBuffer: 50_000_000 }
    const told = await run(browser, [...flags, '--dump-dom', url], limits)
    const picture = join(folder, 'page.png')
    await run(browser, [...flags, `--screenshot=${picture}`, url], limits)
    const complaints = told.stderr.split('\n').filter((line) => line.includes(':CONSOLE'))
    return { dom: told.stdout, complaints, picture: readFileSync(picture) }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}
