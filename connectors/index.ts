/** The register of platforms: one line per platform. */
import type { Platform } from '../src/connector/connector.ts'

export const PLATFORMS: readonly Platform[] = []
