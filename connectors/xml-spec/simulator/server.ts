/** One request from form to answer: fault, login, document, operation, XML or JSON. Never throws. */
import type {
  SimulatedRequest,
  SimulatedResponse,
  SimulatorOptions,
} from '../../../src/connector/simulator.ts'
import { attribute, type Call, Interruption } from './call.ts'
import { type Colleague, colleague } from './colleague.ts'
import { type ConsentWatch, consentWatch } from './consent-watch.ts'
import { type Node, readDocument } from './document.ts'
import { type Element, leaf } from './element.ts'
import { faults } from './faults.ts'
import { contactReader } from './get-contacts.ts'
import { writeJson } from './json.ts'
import { login } from './login.ts'
import { writeXml } from './markup.ts'
import { answer, type Form, htmlPage, operationOf, PATHS, pathOf, readForm } from './message.ts'
import { mutates, operations } from './operations.ts'
import { populate } from './population.ts'
import { type Quirks, readQuirks } from './quirks.ts'
import { failure, REFUSALS, Refusal } from './refusal.ts'
import { type World, world as makeWorld } from './world.ts'

export interface Server {
  readonly world: World
  readonly watch: ConsentWatch
  readonly byHand: Colleague
  readonly workflows: readonly string[]
  readonly counts: { read: number; write: number; byOperation: Record<string, number> }
  handle(request: SimulatedRequest): SimulatedResponse
  isMutation(request: SimulatedRequest): boolean
}

type Reply = ReturnType<typeof answer>
const loginOperation = 'GetAuthToken'

export function server(options: SimulatorOptions): Server {
  const quirks = readQuirks(options.quirks)
  const world = makeWorld(quirks, options.now)
  populate(world, options.seed, options.contacts)
  const watch = consentWatch(quirks, world.stamp)
  const byHand = colleague(world, options.seed)
  const access = login(quirks, options.seed, options.now)
  const fault = faults(quirks)
  const counts = { read: 0, write: 0, byOperation: {} as Record<string, number> }
  const workflows: string[] = []
  let requests = 0
  let pages = 0
  const table = operations(
    contactReader({ repeats: quirks.repeatTimes, shorts: quirks.shortTimes }, () => {
      if (quirks.driftEvery > 0 && ++pages % quirks.driftEvery === 0) byHand.drift()
    }),
  )

  function reply(request: SimulatedRequest): Reply {
    if (!PATHS.some((path) => path === pathOf(request))) {
      return answer(404, htmlPage('Not Found'), 'html')
    }
    const form = readForm(request, quirks)
    const name = form === null ? null : operationOf(form.xml)
    count(name ?? 'unreadable')
    fault.arrive()
    if (form === null || name === null) {
      return answer(200, fail('Response', REFUSALS.malformed('no document'), quirks), 'xml')
    }
    const isMutation = mutates(name)
    const made = respond(form, name)
    return { ...made, body: fault.leave(made.body, isMutation) }
  }

  function respond(form: Form, name: string): Reply {
    let isJson = false
    try {
      const root = document(form.xml)
      if (root.name === `${loginOperation}Request`) {
        isJson = root.attributes['response'] === 'json'
        const token = access.open(form.email, form.password)
        return shape(name, [leaf('Result', 'Success'), leaf('Token', token)], isJson)
      }
      access.check(form.email, form.token)
      const call = makeCall(root)
      isJson = call.isJson
      const operation = Object.hasOwn(table, name) ? table[name] : undefined
      if (operation === undefined || root.name !== `${name}Request`) {
        throw REFUSALS.unknownRequest(root.name)
      }
      return shape(name, operation(call), isJson)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const isUnreadable = error.code === REFUSALS.malformed('').code
      const root = isUnreadable ? 'Response' : `${name}Response`
      if (isJson && !quirks.jsonErrorsAsXml) {
        return answer(200, writeJson({ name: root, children: failure(error) }), 'json')
      }
      return answer(200, fail(root, error, quirks), 'xml')
    }
  }

  function shape(name: string, children: Element[], isJson: boolean): Reply {
    const root = { name: `${name}Response`, children }
    return isJson
      ? answer(200, writeJson(root), 'json')
      : answer(200, writeXml(root, quirks), 'xml')
  }

  function makeCall(root: Node): Call {
    const hasShrunk = quirks.permissionShrinksAfter > 0 && requests > quirks.permissionShrinksAfter
    const call: Call = {
      world,
      root,
      isJson: false,
      permission: hasShrunk ? 'member' : quirks.permission,
      grantedGroups: quirks.grantedGroups,
      watch,
      workflows,
    }
    return { ...call, isJson: attribute(call, root, 'response') === 'json' }
  }

  function count(name: string): void {
    requests++
    counts.byOperation[name] = (counts.byOperation[name] ?? 0) + 1
    if (name !== 'unreadable' && mutates(name)) counts.write++
    else counts.read++
  }

  return {
    world,
    watch,
    byHand,
    workflows,
    counts,
    handle(request) {
      world.settle()
      const made = guarded(() => reply(request))
      const headers = { 'content-type': made.type, date: new Date(world.now()).toUTCString() }
      return {
        status: made.status,
        body: made.body,
        headers: made.status === 429 ? { ...headers, 'retry-after': '2' } : headers,
      }
    },
    isMutation(request) {
      const form = readForm(request, { ...quirks, get: true })
      const name = form === null ? null : operationOf(form.xml)
      return name !== null && mutates(name)
    },
  }
}

/** A server that breaks says so in HTML, as web servers do; a whole account too big for one text is such a break. */
function guarded(make: () => Reply): Reply {
  try {
    return make()
  } catch (error) {
    if (error instanceof Interruption) {
      return answer(error.status, htmlPage(error.message), 'html')
    }
    const detail = error instanceof Error ? error.message : String(error)
    return answer(500, htmlPage(`Software error: ${detail}`), 'html')
  }
}

function document(xml: string): Node {
  try {
    return readDocument(xml)
  } catch (error) {
    throw REFUSALS.malformed(error instanceof Error ? error.message : String(error))
  }
}

/** A failure of the whole request, alike under any root; in the rare form its words are attributes. */
function fail(root: string, refusal: Refusal, quirks: Quirks): string {
  if (quirks.errorForm === 'elements') {
    return writeXml({ name: root, children: failure(refusal) }, quirks)
  }
  const attributes = { Result: 'Failure', Message: refusal.message }
  return writeXml({ name: root, attributes, children: [] }, quirks)
}
