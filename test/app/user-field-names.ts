/** Number and name of the fields that an XML-spec account made for itself: its records know them by number. */
import type { Simulator } from '../../src/connector/simulator.ts'

export function userFieldNames(simulator: Simulator): ReadonlyMap<string, string> {
  const login = ask(simulator, '<GetAuthTokenRequest></GetAuthTokenRequest>', {})
  const token = /<Token>(.*?)<\/Token>/.exec(login)?.[1] ?? ''
  const request = '<GetUserDefinedFieldsRequest></GetUserDefinedFieldsRequest>'
  const list = ask(simulator, request, { auth_token: token })
  const pairs = list.matchAll(/<UserFieldID>(\d+)<\/UserFieldID><FieldName>(.*?)<\/FieldName>/gs)
  return new Map([...pairs].map(([, number = '', name = '']) => [number, plain(name)]))
}

function ask(simulator: Simulator, xml: string, more: Readonly<Record<string, string>>): string {
  const form = new URLSearchParams({ ...simulator.auth, ...more, xml })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const request = { method: 'POST', url: simulator.basePath, headers, body: form.toString() }
  return simulator.handle(request).body
}

function plain(text: string): string {
  return text
    .replace(/&(lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replaceAll('&amp;', '&')
}
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'" }
