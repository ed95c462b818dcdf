/**
 * A simulated Infusionsoft account: XML-RPC over a contact database in memory, written from the platform's documents alone. Quirks stand in
 * `simulator/quirks.ts`, the rule for `consentBreaches` in `simulator/consent.ts`.
 */
import type {
  SimulatedRequest,
  SimulatedResponse,
  Simulator,
  SimulatorModule,
  SimulatorOptions,
} from '../../src/connector/simulator.ts'
import { emptyAccount } from './simulator/account.ts'
import { htmlAnswer, quotaAnswer, xmlAnswer } from './simulator/answers.ts'
import { type Call, parseCall } from './simulator/call.ts'
import { consentWatch } from './simulator/consent.ts'
import { contactService } from './simulator/contact-service.ts'
import type { Context, Method, Methods } from './simulator/context.ts'
import { dataService } from './simulator/data-service.ts'
import { emailService } from './simulator/email-service.ts'
import { Fault } from './simulator/fault.ts'
import { limits } from './simulator/limits.ts'
import { login } from './simulator/login.ts'
import { refusal, spoilt, workByHand } from './simulator/mischief.ts'
import { queryService } from './simulator/query-service.ts'
import { parseQuirks } from './simulator/quirks.ts'
import { replyWriter } from './simulator/reply.ts'
import { seedAccount } from './simulator/seed.ts'
import { selector } from './simulator/select.ts'
import { sequenceService } from './simulator/sequence-service.ts'
import { requireOverload } from './simulator/signature.ts'
import { snapshot } from './simulator/snapshot.ts'
import { tablesOf } from './simulator/tables.ts'

export const infusionsoftSimulator: SimulatorModule = {
  platform: 'infusionsoft',
  aliases: ['keap'],
  create: createSimulator,
}

const tokenPath = '/token'

function createSimulator(options: SimulatorOptions): Simulator {
  const { seed, now } = options
  const quirks = parseQuirks(options.quirks)
  const { context, methods } = open(options, () => calls)
  const { account, watch } = context
  const logins = login(seed, quirks, now)
  const limit = limits(quirks, now)
  const counts = { read: 0, write: 0, byOperation: {} as Record<string, number> }
  let calls = 0

  const isMutation = (request: SimulatedRequest) => {
    const name = methodNameOf(request)
    return name !== null && methods[name]?.effect !== 'read' && !isEcho(name)
  }
  const answerCall = (request: SimulatedRequest): SimulatedResponse => {
    const refused = refusal(quirks, calls) ?? logins.refuse(request)
    if (refused !== null) return refused
    const call = parseCall(request.body)
    if (isEcho(call.method)) return xmlAnswer(context.write.answer(echo(context, call)))
    const method = methodOf(methods, call)
    if (logins.needsKey(request)) logins.requireKey(call)
    const answer = context.write.answer(run(context, method, call))
    return spoilt(quirks, calls, xmlAnswer(answer))
  }
  const answerXmlRpc = (request: SimulatedRequest): SimulatedResponse => {
    calls++
    if (quirks.revokeAfter !== null && calls > quirks.revokeAfter) logins.revoke()
    if (!limit.admit()) return quotaAnswer()
    try {
      return answerCall(request)
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault(3, (error as Error).message)
      return xmlAnswer(context.write.fault(fault))
    } finally {
      workByHand(context, calls)
    }
  }
  return {
    platform: infusionsoftSimulator.platform,
    basePath: logins.basePath,
    auth: logins.auth,
    handle(request) {
      const operation = methodNameOf(request) ?? `${request.method} ${pathOf(request)}`
      counts[isMutation(request) ? 'write' : 'read']++
      counts.byOperation[operation] = (counts.byOperation[operation] ?? 0) + 1
      const answer = route(request, answerXmlRpc, logins.token)
      const date = new Date(now()).toUTCString()
      return { ...answer, headers: { ...limit.headers(), ...answer.headers, date } }
    },
    isMutation,
    counts,
    snapshot: () => snapshot(context),
    consentBreaches: watch.breaches,
  }

  function run(of: Context, method: Method, call: Call): string {
    requireOverload(
      call,
      method.overloads.map((overload) => (method.isKeyless ? overload : ['string', ...overload])),
    )
    if (method.effect === 'write') {
      account.version++
      of.watch.wrote()
    }
    return method.run(method.isKeyless ? call.params : call.params.slice(1))
  }
}

function open(
  { seed, contacts, now, quirks }: SimulatorOptions,
  callNumber: () => number,
): { context: Context; methods: Methods } {
  const account = emptyAccount(parseQuirks(quirks), now)
  const tables = tablesOf(account)
  seedAccount(account, tables, { seed, contacts })
  const context: Context = {
    account,
    tables,
    write: replyWriter(account.quirks.padded ? 'padded' : 'compact'),
    selector: selector(() => account.version),
    watch: consentWatch(account),
    seed,
    callNumber,
  }
  const methods: Methods = {
    ...contactService(context),
    ...sequenceService(context),
    ...queryService(context),
    ...dataService(context),
    ...emailService(context),
  }
  return { context, methods }
}

function route(
  request: SimulatedRequest,
  answerXmlRpc: (request: SimulatedRequest) => SimulatedResponse,
  answerToken: (request: SimulatedRequest) => SimulatedResponse,
): SimulatedResponse {
  const path = pathOf(request)
  if (path !== tokenPath && !isXmlRpcPath(path)) return htmlAnswer(404, 'Not Found')
  if (request.method !== 'POST') return htmlAnswer(405, 'Method Not Allowed')
  return path === tokenPath ? answerToken(request) : answerXmlRpc(request)
}

function isXmlRpcPath(path: string): boolean {
  return /^\/(crm|api)\/xmlrpc(\/v1)?\/?$/.test(path)
}

function pathOf(request: SimulatedRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}

/** From the text alone: what cannot be read as a call is none. */
function methodNameOf(request: SimulatedRequest): string | null {
  if (request.method !== 'POST' || !isXmlRpcPath(pathOf(request))) return null
  return /<methodName>\s*([^<\s]+)\s*<\/methodName>/.exec(request.body)?.[1] ?? null
}

function methodOf(methods: Methods, call: Call): Method {
  const method = Object.hasOwn(methods, call.method) ? methods[call.method] : undefined
  if (method === undefined) throw new Fault(0, `No such handler: ${call.method}`)
  return method
}

/** `<Service>.echo(text)` takes no key and answers its argument. */
function isEcho(name: string): boolean {
  return /^(ContactService|DataService|APIEmailService)\.echo$/.test(name)
}

function echo(context: Context, call: Call): string {
  requireOverload(call, [['string']])
  const [word] = call.params
  return context.write.text(word?.kind === 'string' ? word.value : '')
}
