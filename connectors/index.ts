/** The register of platforms: one line per platform. */
import type { Platform } from '../src/connector/connector.ts'
import { adaptix, mautic } from './adaptix/connector.ts'
import { file } from './file/connector.ts'
import { infusionsoft } from './infusionsoft/connector.ts'
import { xmlSpec } from './xml-spec/connector.ts'

export const PLATFORMS: readonly Platform[] = [infusionsoft, adaptix, mautic, xmlSpec, file]
