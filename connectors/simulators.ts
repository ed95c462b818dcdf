/** The register of simulated platforms: one line per platform. For the demo and the tests only. */
import type { SimulatorModule } from '../src/connector/simulator.ts'

export const SIMULATORS: readonly SimulatorModule[] = []
