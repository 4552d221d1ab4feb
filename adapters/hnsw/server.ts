import { parseArgs } from 'node:util'
import { createService } from './service.ts'

/**
 * The process of the in-house engine: `node server.ts [--port N]` on 127.0.0.1, a free port if none is given. The first line of
 * standard output is JSON: `{ "url", "pid" }`. Everything is in memory and ends with the process: by SIGTERM or Ctrl-C, or, if it
 * was started with an IPC channel, when its parent goes away. One thread: a write is applied before it is answered.
 */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const { server, stop } = createService()

const end = async (): Promise<void> => {
  await stop()
  process.exit(0)
}

server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port to listen on')
  const line = { url: `http://127.0.0.1:${address.port}`, pid: process.pid }
  process.stdout.write(`${JSON.stringify(line)}\n`)
})
process.once('SIGTERM', () => void end())
process.once('disconnect', () => process.exit(0))
// Ctrl-C reaches every process of a terminal; a parent decides by itself when this one ends.
process.on('SIGINT', () => {
  if (!process.connected) void end()
})
