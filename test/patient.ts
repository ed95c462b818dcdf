/** For what another process or a queue does in its own time: how long a test waits before it calls it missing, far beyond what a slow machine needs. */
export const PATIENT = { timeout: 60_000, interval: 20 } as const
