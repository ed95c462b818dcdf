/** Every sample request of the platform's contacts document, letter by letter: files named by the line at which each stands there. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Sample {
  readonly line: number
  readonly xml: string
}

const FOLDER = new URL('samples/', import.meta.url)

export const SAMPLES: readonly Sample[] = readdirSync(FOLDER)
  .sort()
  .map((name) => ({
    line: Number(/^line-(\d+)\.xml$/.exec(name)?.[1]),
    xml: readFileSync(new URL(name, FOLDER), 'utf8'),
  }))
