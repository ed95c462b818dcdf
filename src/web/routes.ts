/** Which page answers which path. */
import { decideManyPage } from './pages/decide-many.ts'
import { decidePage } from './pages/decide.ts'
import { holdsPage } from './pages/holds.ts'
import { homePage } from './pages/home.ts'
import { personPage } from './pages/person.ts'
import { planPage, plansPage } from './pages/plans.ts'
import { rejectsPage } from './pages/rejects.ts'
import { runPage, runsPage } from './pages/runs.ts'
import type { Answer, Visit } from './visit.ts'

export interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** True: more words may follow. */
  readonly isOpen: boolean
  answer(visit: Visit): Promise<Answer>
}

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '', isOpen: false, answer: homePage },
  { method: 'GET', path: 'runs', isOpen: false, answer: runsPage },
  { method: 'GET', path: 'runs', isOpen: true, answer: runPage },
  { method: 'GET', path: 'plans', isOpen: false, answer: plansPage },
  { method: 'GET', path: 'plans', isOpen: true, answer: planPage },
  { method: 'GET', path: 'holds', isOpen: false, answer: holdsPage },
  { method: 'POST', path: 'holds', isOpen: false, answer: decidePage },
  { method: 'POST', path: 'holds', isOpen: true, answer: decideManyPage },
  { method: 'GET', path: 'rejects', isOpen: false, answer: rejectsPage },
  { method: 'GET', path: 'person', isOpen: false, answer: personPage },
]

export function routeOf(
  method: string,
  words: readonly string[],
): { readonly route: Route; readonly rest: readonly string[] } | null {
  const [first = '', ...rest] = words
  const route = ROUTES.find(
    (one) => one.method === method && one.path === first && one.isOpen === rest.length > 0,
  )
  return route === undefined ? null : { route, rest }
}
