/** How the server's Java reflection picks a method: the class of every argument must fit one overload exactly. */
import type { Call, Rpc } from './call.ts'
import { Fault } from './fault.ts'

export type ArgumentClass = 'string' | 'int' | 'boolean' | 'struct' | 'array'
export type Overload = readonly ArgumentClass[]

/** Throws fault 0 with the text that the platform is known to give. */
export function requireOverload(call: Call, overloads: readonly Overload[]): void {
  const fits = overloads.some(
    (overload) =>
      overload.length === call.params.length &&
      overload.every((argument, i) => call.params[i]?.kind === argument),
  )
  if (fits) return
  const classes = call.params.map((param) => JAVA_CLASSES[param.kind]).join(', ')
  throw new Fault(0, `No method matching arguments: ${classes}`)
}

export function text(value: Rpc | undefined): string {
  if (value?.kind === 'string') return value.value
  throw badElement(value)
}
export function int(value: Rpc | undefined): number {
  if (value?.kind === 'int') return value.value
  throw badElement(value)
}
export function flag(value: Rpc | undefined): boolean {
  if (value?.kind === 'boolean') return value.value
  throw badElement(value)
}
export function struct(value: Rpc | undefined): ReadonlyMap<string, Rpc> {
  if (value?.kind === 'struct') return value.members
  throw badElement(value)
}
export function texts(value: Rpc | undefined): readonly string[] {
  if (value?.kind === 'array') return value.items.map(text)
  throw badElement(value)
}
export function ints(value: Rpc | undefined): readonly number[] {
  if (value?.kind === 'array') return value.items.map(int)
  throw badElement(value)
}

const JAVA_CLASSES: Readonly<Record<Rpc['kind'], string>> = {
  string: 'java.lang.String',
  int: 'java.lang.Integer',
  double: 'java.lang.Double',
  boolean: 'java.lang.Boolean',
  date: 'java.util.Date',
  base64: '[B',
  nil: 'null',
  array: '[Ljava.lang.Object;',
  struct: 'java.util.HashMap',
}

function badElement(value: Rpc | undefined): Fault {
  const found = value === undefined ? 'nothing' : JAVA_CLASSES[value.kind]
  return new Fault(0, `Failed to invoke method: argument type mismatch, found ${found}`)
}
