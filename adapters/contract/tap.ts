import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Address } from './address.ts'

/** A wire of the suite's own between an adapter and its server. */
export interface Tap extends Address {
  /** What clients send stays here until `release`. */
  hold(): void
  release(): void
  /** The next bytes of a client end its connection and go nowhere; all others pass. */
  cut(): void
  /** The next bytes of a client go to the server, and its connection ends with the server's answer, which goes nowhere. */
  cutAnswer(): void
  /** How many times a client's bytes met a cut. */
  cuts(): number
  close(): Promise<void>
}

type Mode = 'pass' | 'hold' | 'cut' | 'cut answer'

/** Listens on a free port of 127.0.0.1 and passes every connection on to the address. */
export const openTap = async (to: Address): Promise<Tap> => {
  let mode: Mode = 'pass'
  let cuts = 0
  const held: (() => void)[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((client) => {
    const upstream = connect(to.port, to.host)
    let deaf = false
    const end = () => {
      client.resetAndDestroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      // Either end may go by a reset; the other end then goes too, which `close` sees to.
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (bytes) => {
      if (mode === 'hold') return void held.push(() => upstream.write(bytes))
      if (mode === 'cut') {
        mode = 'pass'
        cuts += 1
        return end()
      }
      if (mode === 'cut answer') {
        mode = 'pass'
        cuts += 1
        deaf = true
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => (deaf ? end() : client.write(bytes)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    host: '127.0.0.1',
    port,
    hold: () => {
      mode = 'hold'
    },
    release: () => {
      mode = 'pass'
      for (const pass of held.splice(0)) pass()
    },
    cut: () => {
      mode = 'cut'
    },
    cutAnswer: () => {
      mode = 'cut answer'
    },
    cuts: () => cuts,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}
