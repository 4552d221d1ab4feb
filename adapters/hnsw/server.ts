#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { createCollections } from './collections.ts'
import { createService } from './service.ts'
import { openJournal, STORE_ARGUMENTS } from './store/arguments.ts'

/**
 * The process of the in-house engine: `node server.ts [--host H] [--port N] [--data DIR [--sync always|MS|never] [--segment BYTES]]`
 * on 127.0.0.1, a free port if none is given. Where HNSW_TOKEN is set, requests must bring it; other machines are not served without.
 * The first line of standard output is JSON: `{ "url", "pid" }`. It ends by SIGTERM or Ctrl-C, or, if it was started with an IPC
 * channel, when its parent goes away. Without a data folder everything is in memory and ends with it. One thread: a write is applied
 * before it is answered.
 */
const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
    ...STORE_ARGUMENTS,
  },
})

const { host } = values
const token = process.env.HNSW_TOKEN || undefined
const refuse = (message: string): never => {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
if (token === undefined && !['127.0.0.1', '::1', 'localhost'].includes(host)) {
  refuse(`--host ${host} is open to other machines: set HNSW_TOKEN to a secret`)
}
const journal = await openJournal(values).catch((error: Error) => refuse(error.message))
const { server, stop } = createService(createCollections(journal), { token })

const end = async (): Promise<void> => {
  await stop()
  await journal.close()
  process.exit(0)
}

server.listen(Number(values.port), host, () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port to listen on')
  const line = {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    pid: process.pid,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
})
process.once('SIGTERM', () => void end())
process.once('disconnect', () => process.exit(0))
// Ctrl-C reaches every process of a terminal; a parent decides by itself when this one ends.
process.on('SIGINT', () => {
  if (!process.connected) void end()
})
