/** The network inside the process keeps the contract of the channel, so what passes on it passes on sockets. */
import { simulatedHttp } from '../../src/simulation/network.ts'
import { channelContract } from './channel-contract.ts'

channelContract('the network inside the process', async ({ simulator, faults, ...kit }) => {
  const origin = 'https://target.example'
  const http = simulatedHttp({
    ...kit,
    hosts: new Map([[origin, simulator]]),
    faults: new Map([[origin, faults]]),
  })
  return { http, origin, stop: async () => {} }
})
