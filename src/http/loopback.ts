/** Whether a url would carry credentials in the open: plain http is for this machine alone. */

/** What is wrong with the url, for a person; null: nothing. `isAllowed` is the operator's word that plain http is wanted. */
export function insecureUrlProblem(url: string, isAllowed: boolean): string | null {
  const parsed = URL.parse(url)
  if (parsed === null) return 'This is not a url.'
  if (parsed.protocol === 'https:') return null
  if (parsed.protocol !== 'http:')
    return `A url begins with https:// (or http:// on this machine), not ${parsed.protocol}`
  if (isAllowed || isLoopback(parsed.hostname)) return null
  return `http://${parsed.host} would send the login readable by everybody on the way; use https://`
}

/** Of a host as `URL` writes it: short and numeric forms of IPv4 are dotted by then, IPv6 stands in brackets. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
