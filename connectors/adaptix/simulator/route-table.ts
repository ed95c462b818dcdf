/** Every path of the API, as the quirks leave it. */
import { activityRoutes } from './activity-routes.ts'
import { automationRoutes } from './automation-routes.ts'
import { COMPANY_ROUTES } from './company-routes.ts'
import { CONTACT_EXTRA_ROUTES } from './contact-extras.ts'
import { CONTACT_ROUTES } from './contact-routes.ts'
import { FIELD_ROUTES } from './field-routes.ts'
import { HOOK_ROUTES } from './hook-routes.ts'
import { NOTE_ROUTES } from './note-routes.ts'
import type { Quirks } from './quirks.ts'
import type { Routes } from './routes.ts'
import { segmentRoutes } from './segment-routes.ts'
import { STATS_ROUTES } from './stats-routes.ts'
import { TAG_ROUTES } from './tag-routes.ts'
import { USER_ROUTES } from './user-routes.ts'

export function allRoutes(quirks: Quirks): Routes {
  return {
    ...CONTACT_ROUTES,
    ...CONTACT_EXTRA_ROUTES,
    ...FIELD_ROUTES,
    ...(quirks.noTagsEndpoint ? {} : TAG_ROUTES),
    ...segmentRoutes(quirks),
    ...automationRoutes(quirks),
    ...COMPANY_ROUTES,
    ...NOTE_ROUTES,
    ...USER_ROUTES,
    ...activityRoutes(quirks),
    ...(quirks.noStats ? {} : STATS_ROUTES),
    ...HOOK_ROUTES,
  }
}
