/** The register of simulated platforms: one line per platform. For the demo and the tests only. */
import type { SimulatorModule } from '../src/connector/simulator.ts'
import { adaptixSimulator } from './adaptix/simulator.ts'
import { infusionsoftSimulator } from './infusionsoft/simulator.ts'
import { xmlSpecSimulator } from './xml-spec/simulator.ts'

export const SIMULATORS: readonly SimulatorModule[] = [
  infusionsoftSimulator,
  adaptixSimulator,
  xmlSpecSimulator,
]
