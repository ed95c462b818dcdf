/** Runs one typed operation of a platform by name, for what no sync does. */
import { type ListedOperation, operationsOf } from '../../connectors/operations.ts'
import { didYouMean } from '../mapping/nearest.ts'
import { type App, connectionOf } from './app.ts'
import { refuseWriting } from './read-only.ts'

/** What the connection's platform offers. Throws ConfigError when there is no such connection. */
export function operationsOn(app: App, connection: string): readonly ListedOperation[] {
  return operationsOf(connectionOf(app.config, connection).platform)
}

/** What is wrong with a call before anything is sent; null: nothing. */
export interface CallProblem {
  readonly message: string
  readonly hint: string
}

export function problemOf(
  operation: ListedOperation,
  input: Readonly<Record<string, unknown>>,
): CallProblem | null {
  const known = operation.input.map(({ name }) => name)
  const missing = operation.input.find(({ name, isRequired }) => isRequired && !(name in input))
  const foreign = operation.takesMore
    ? []
    : Object.keys(input).filter((key) => !known.includes(key))
  const [unknown] = foreign
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, known) || 'it takes no input'
    return { message: `${operation.name} knows no "${unknown}"`, hint }
  }
  if (missing === undefined) return null
  const hint = `give it in --input, as ${missing.name}: ${missing.type}`
  return { message: `${operation.name} needs "${missing.name}"`, hint }
}

/** `hint`: what may have been meant. */
export function findOperation(
  app: App,
  connection: string,
  name: string,
): { readonly operation: ListedOperation } | { readonly operation: null; readonly hint: string } {
  const all = operationsOn(app, connection)
  const operation = all.find((one) => one.name === name)
  if (operation !== undefined) return { operation }
  const names = all.map((one) => one.name)
  return { operation: null, hint: didYouMean(name, names) || 'this platform has no operations' }
}

export interface Call {
  readonly connection: string
  readonly operation: ListedOperation
  readonly input: Readonly<Record<string, unknown>>
}

/** Throws ReadOnlyConnection before anything is sent, and what the platform throws. A write is noted in the audit before it leaves. */
export async function call(app: App, asked: Call, signal: AbortSignal): Promise<unknown> {
  const { connection, operation, input } = asked
  refuseUnlessReading(app, asked)
  // The right to run operations by name comes with the right to write; what this one does is known from its table.
  const writer = await app.writer(connection)
  if (operation.effect === 'write') {
    await app.store.audit.add({
      at: app.env.clock.now(),
      who: app.env.owner,
      what: 'operation called',
      run: null,
      data: { connection, operation: operation.name, keys: Object.keys(input) },
    })
  }
  return (await writer.call(operation.name, input, signal)) ?? null
}

/** Throws ReadOnlyConnection. */
export function refuseUnlessReading(app: App, { connection, operation }: Call): void {
  if (operation.effect === 'write') refuseWriting(app.config, connection, operation.name)
}
