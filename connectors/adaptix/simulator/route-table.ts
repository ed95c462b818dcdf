/** Every path of the API, as the quirks leave it. */
import { CONTACT_EXTRA_ROUTES } from './contact-extras.ts'
import { CONTACT_ROUTES } from './contact-routes.ts'
import { FIELD_ROUTES } from './field-routes.ts'
import type { Quirks } from './quirks.ts'
import type { Routes } from './routes.ts'
import { TAG_ROUTES } from './tag-routes.ts'

export function allRoutes(quirks: Quirks): Routes {
  return {
    ...CONTACT_ROUTES,
    ...CONTACT_EXTRA_ROUTES,
    ...FIELD_ROUTES,
    ...(quirks.noTagsEndpoint ? {} : TAG_ROUTES),
  }
}
