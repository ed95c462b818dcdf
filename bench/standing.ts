/**
 * `node bench/standing.ts [--contacts 100000] [--file FILE]`: migrates an account once and keeps both accounts and the state until it is
 * interrupted, so that `npm run bench -- second-run --standing FILE` can measure what follows a migration again and again without one.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runEngine } from './engine.ts'
import { amount, seconds } from './table.ts'
import { openWorld, type World } from './world.ts'

export interface Standing extends Pick<World, 'folder' | 'config' | 'env'> {
  readonly contacts: number
}

export async function readStanding(file: string): Promise<Standing> {
  return JSON.parse(await readFile(file, 'utf8')) as Standing
}

async function stand(contacts: number, file: string): Promise<void> {
  const interrupted = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve())
  })
  const world = await openWorld({ contacts })
  try {
    const { wallMs } = await runEngine(world, ['migrate', 'move'])
    const { folder, config, env } = world
    const standing: Standing = { contacts, folder, config, env }
    await writeFile(file, JSON.stringify(standing), { mode: 0o600 })
    console.log(`${amount(contacts)} contacts migrated in ${seconds(wallMs)}. In another shell:`)
    console.log(`  npm run bench -- second-run --standing ${file}`)
    console.log('Ctrl-C ends both accounts and removes the state.')
    await interrupted
  } finally {
    await world.close()
    await rm(file, { force: true })
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      contacts: { type: 'string', default: '100000' },
      file: { type: 'string', default: join(tmpdir(), 'ferry-standing.json') },
    },
  })
  await stand(Number(values.contacts), values.file)
}
